// DBC texts that several tests read.
namespace EsyncTests.HostSim.Signals;

/// <summary>Texts of DBC files, written for these tests.</summary>
internal static class DbcTexts
{
    /// <summary>A file in which nothing is wrong.</summary>
    public const string Tidy = """
        VERSION "1.0"

        NS_ :
            NS_DESC_
            CM_
        BS_:

        BU_: Engine ECU

        BO_ 256 EngineData : 8 Engine
         SG_ Speed : 0|16@1+ (0.25,0) [0|16000] "rpm" ECU
         SG_ Torque : 23|12@0- (-0.5,1e2) [-40|1.5E+3] "Nm" ECU,Other
         SG_ Lamp : 40|1@1+ (1,0) [0|1] "" ECU

        BO_ 2566845712 Climate : 8 Vector__XXX
         SG_ Which M : 0|4@1+ (1,0) [0|0] "" ECU
         SG_ Inside m0 : 8|8@1+ (0.5,-40) [-40|80] "°C" ECU
         SG_ Sub m1M : 8|4@1+ (1,0) [0|0] "" ECU
         SG_ Ratio : 32|32@1- (1,0) [0|0] "" ECU

        CM_ BO_ 256 "Sent by
        the \"engine\"";
        CM_ SG_ 256 Speed "Of the shaft";
        BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;
        BA_DEF_DEF_ "GenMsgCycleTime" 0;
        BA_ "GenMsgCycleTime" BO_ 256 100;
        VAL_ 256 Lamp 0 "off" 1 "on; \"full\"" ;
        SIG_VALTYPE_ 2566845712 Ratio : 1;
        SG_MUL_VAL_ 2566845712 Inside Which 2-4, 7-7;

        """;
}
