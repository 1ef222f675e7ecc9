// The rig and the sweep are the program's own (host-sim/src/Sweep); here are the names by which tests know them.
global using EsyncSim.Sweep;
global using FakeApplicationLoader = EsyncSim.Sweep.ScriptedLoader;
global using TestImage = EsyncSim.Sweep.SignedImage;
