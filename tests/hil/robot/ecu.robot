*** Comments ***
An ECU from the command line: configuration, replay of a log against a virtual ECU, attacks, and what refuses to work.
    robot --variable ESYNC:host-sim/bin/Release/net10.0/esync --outputdir results tests/hil/robot


*** Settings ***
Resource        esync.resource


*** Variables ***
${LOG}      ${OUTPUT DIR}/questions.log


*** Test Cases ***
The Configuration Is Sound
    ${output}    Esync    config    check
    Should Contain    ${output}    nothing wrong

The Descriptions Can Be Written
    Esync    config    export    --odx    ${OUTPUT DIR}/vehicle.pdx    --wireshark    ${OUTPUT DIR}/wireshark
    File Should Exist    ${OUTPUT DIR}/vehicle.pdx

A Virtual Ecu Answers A Recorded Tester
    Create File    ${LOG}    (10.000000) can0 7E0#021003CCCCCCCCCC\n(10.200000) can0 7E0#0322F190CCCCCCCC\n
    ${output}    Esync    replay    ${LOG}    --ecu    motor    --log    ${OUTPUT DIR}/answers.log    --json    ${OUTPUT DIR}/replay.json
    Should Contain    ${output}    DiagnosticSessionControl: extended session
    ${result}    Result Of    ${OUTPUT DIR}/replay.json
    Should Be Equal    ${result}[outcome]    pass

It Answers The Same Once More
    Esync    replay    ${OUTPUT DIR}/answers.log    --ecu    motor    --compare

Its Traffic Can Be Read
    ${output}    Esync    monitor    --read    ${OUTPUT DIR}/answers.log    --ecu    motor    --json
    ${lines}    Split To Lines    ${output}
    ${last}    Evaluate    json.loads($lines[-1])    modules=json
    Should Be Equal As Integers    ${last}[statistics][faults]    0

The Same Over A Bus That Others Can Use
    [Setup]    Start Virtual Ecu    28611
    ${output}    Esync    replay    ${LOG}    --bus    socketcand://127.0.0.1:28611/can0    --ecu    motor    --log    ${OUTPUT DIR}/bus.pcapng
    Should Contain    ${output}    DiagnosticSessionControl: extended session
    [Teardown]    Stop Virtual Ecu

An Attack Is Repelled
    Esync    attack    --only    session-hijack    --json    ${OUTPUT DIR}/attack.json    --junit    ${OUTPUT DIR}/attack.xml
    ${result}    Result Of    ${OUTPUT DIR}/attack.json
    Should Be Equal    ${result}[outcome]    pass

A Wrong Command Line Has Its Own Code
    ${output}    Esync    monitor    code=${BAD_USAGE}
    Should Contain    ${output}    name what to listen to
