#!/usr/bin/env python3
"""Look at an ECU with scapy's automotive layers: its ISO-TP endpoints and services are found without being told.

scapy has no socketcand of its own; it takes any bus of python-can.

    pip install scapy python-can
    esync ecu run --ecu motor --flash motor.flash --listen socketcand://127.0.0.1:28600/can0
    scapy_scan.py --host 127.0.0.1 --port 28600
"""
import argparse
import sys

from scapy.config import conf

conf.contribs["CANSocket"] = {"use-python-can": True}
conf.contribs["ISOTP"] = {"use-can-isotp-kernel-module": False}

from scapy.contrib.automotive.uds import UDS, UDS_DSC, UDS_RDBI  # noqa: E402
from scapy.contrib.automotive.uds_scan import UDS_DSCEnumerator, UDS_Scanner, UDS_ServiceEnumerator  # noqa: E402
from scapy.contrib.cansocket_python_can import PythonCANSocket  # noqa: E402
from scapy.contrib.isotp import ISOTPSoftSocket, isotp_scan  # noqa: E402


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--bus", default="can0", help="name of the bus at the socketcand server")
    options = arguments.parse_args()

    bus = PythonCANSocket(interface="socketcand", host=options.host, port=options.port, channel=options.bus)
    print(isotp_scan(bus, scan_range=range(0x7D0, 0x7F0), can_interface=bus, sniff_time=0.2, output_format="text"), flush=True)

    def link():
        return ISOTPSoftSocket(bus, tx_id=0x7E0, rx_id=0x7E8, padding=True, basecls=UDS)

    with link() as tester:
        for request in (UDS() / UDS_DSC(diagnosticSessionType=3), UDS() / UDS_RDBI(identifiers=[0xF190, 0xFD00])):
            answer = tester.sr1(request, timeout=5, verbose=False)
            print(answer.summary() if answer else f"{request.summary()}: no answer", flush=True)

    scanner = UDS_Scanner(link(), reconnect_handler=link, test_cases=[UDS_DSCEnumerator, UDS_ServiceEnumerator],
                          UDS_DSCEnumerator_kwargs={"scan_range": range(1, 6), "delay_state_change": 0},
                          UDS_ServiceEnumerator_kwargs={"timeout": 0.5, "request_length": 1})
    scanner.scan(timeout=240)
    scanner.show_testcases()
    return 0 if scanner.final_states else 1


if __name__ == "__main__":
    sys.exit(main())
