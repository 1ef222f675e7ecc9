#!/usr/bin/env python3
"""Update an ECU with other people's tools alone: python-can for the bus, can-isotp for the transport, udsoncan for the diagnostics.

It sends what agent-firmware/PROTOCOL.md ("An update, message by message") lists, and opens access by service 27 before the update and by
service 29 after the reset. Whole images only. It shares no code with `esync`: what it completes, any UDS tester can.

    pip install python-can can-isotp udsoncan cbor2
    esync ecu run --ecu motor --flash motor.flash --listen socketcand://127.0.0.1:28600/can0
    udsoncan_update.py --host 127.0.0.1 --port 28600 --device motor.flash.device --package motor-2.esp
"""
import argparse
import hashlib
import hmac
import json
import os
import sys
import time

import can
import cbor2
import isotp
import udsoncan
from udsoncan.client import Client
from udsoncan.connections import PythonIsoTpConnection

STAGING, BANK = 0x10000000, 0x20000000
DONE, SELF_TEST_PENDING = b"\x00\x00", b"\x00\x21"
HMAC_SHA256 = bytes.fromhex("06082a864886f70d0209") + bytes(6)


class Device:
    """Identity and secret of the ECU, and the keys that follow from them (PROTOCOL.md, "Access")."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        self.identifier = bytes.fromhex(content["deviceId"])
        self._secret = bytes.fromhex(content["deviceSecret"])

    def mac(self, key_label, label, *parts):
        key = hmac.new(self._secret, key_label + self.identifier, hashlib.sha256).digest()
        return hmac.new(key, label + self.identifier + b"".join(parts), hashlib.sha256).digest()

    def security_key(self, seed):
        return self.mac(b"esync/v1/key-27", b"esync/v1/proof-27", b"\x01", seed)[:16]

    def proof(self, challenge_server, challenge_client):
        return self.mac(b"esync/v1/key-29", b"esync/v1/proof-29", b"\x01", challenge_server, challenge_client)

    def report_is_authentic(self, report):
        return hmac.compare_digest(report[207:], self.mac(b"esync/v1/key-report", b"esync/v1/version-report", b"\x00", report[:207]))


class Raw(udsoncan.DidCodec):
    """A data identifier of any length, as bytes."""

    def encode(self, value):
        return value

    def decode(self, payload):
        return payload

    def __len__(self):
        raise self.ReadAllRemainingData


def say(text):
    print(f"{time.monotonic() - START:7.2f} s  {text}", flush=True)


def routine(client, identifier, option=b""):
    """31 01; the status record. FotaError stands in its first two bytes for the routines of an update."""
    return client.start_routine(identifier, option).service_data.routine_status_record


def must(client, identifier, what):
    status = routine(client, identifier)
    if status != DONE:
        sys.exit(f"{what}: FotaError 0x{status.hex()}")
    say(f"31 01 {identifier:04X}: {what}")


def download(client, address, data):
    """34, 36 until the end, 37."""
    place = udsoncan.MemoryLocation(address=address, memorysize=len(data), address_format=32, memorysize_format=32)
    longest = client.request_download(place, udsoncan.DataFormatIdentifier(0, 0)).service_data.max_length
    started = time.monotonic()
    for number, at in enumerate(range(0, len(data), longest - 2)):
        client.transfer_data((number + 1) % 256, data[at:at + longest - 2])
    client.request_transfer_exit()
    say(f"34 36 37: {len(data)} bytes to {address:08X} in {time.monotonic() - started:.2f} s, blocks of {longest}")


def report(client, device):
    """31 01 0204: the authenticated version report."""
    nonce = os.urandom(16)
    body = routine(client, 0x0204, nonce)
    if body[191:207] != nonce or not device.report_is_authentic(body):
        sys.exit("the version report is not authentic")
    version = body[97:121].rstrip(b"\0").decode()
    say(f"31 01 0204: authentic report: runs {version}, banks {body[20:25].hex()}, sequence {int.from_bytes(body[29:33], 'big')}")
    return version


def authenticate(client, device):
    """Service 29, challenge and response."""
    challenge = client.request_challenge_for_authentication(0, HMAC_SHA256).service_data.challenge_server
    mine = os.urandom(16)
    client.verify_proof_of_ownership_unidirectional(HMAC_SHA256, device.proof(challenge, mine), mine, b"")
    say("29: access")


def wait_until_present(client):
    patience = client.config["p2_timeout"]
    client.set_config("p2_timeout", 1)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            client.tester_present()
            client.set_config("p2_timeout", patience)
            return
        except udsoncan.exceptions.TimeoutException:
            pass
    sys.exit("the ECU does not come back after its reset")


def update(client, device, envelope, image):
    client.change_session(3)
    report(client, device)
    consent = routine(client, 0x0203)
    if consent[0] != 1:
        sys.exit(f"the ECU does not consent: {consent.hex()}")
    client.change_session(2)
    client.unlock_security_access(1)
    say("27: access")
    client.write_data_by_identifier(0xF15A, bytes.fromhex("260101") + b"BENCH1")
    download(client, STAGING, envelope)
    must(client, 0x0210, "manifest authentic")
    place = client.read_data_by_identifier(0xFD02).service_data.values[0xFD02]
    start = int.from_bytes(place[:4], "big")
    if start != 0:
        sys.exit(f"the ECU holds {start} bytes of this image already: this script does not resume")
    must(client, 0xFF00, "bank erased")
    download(client, BANK, image)
    must(client, 0xFF01, "image verified")
    must(client, 0x0211, "on trial at the next reset")
    client.ecu_reset(1)
    wait_until_present(client)
    client.change_session(3)
    authenticate(client, device)
    report(client, device)
    deadline = time.monotonic() + 20
    while (status := routine(client, 0x0212)) != DONE:
        if status != SELF_TEST_PENDING or time.monotonic() > deadline:
            sys.exit(f"confirm: FotaError 0x{status.hex()}")
    say("31 01 0212: confirmed")
    version = report(client, device)
    client.change_session(1)
    return version


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--host", default="127.0.0.1")
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--bus", default="can0", help="name of the bus at the socketcand server")
    arguments.add_argument("--request", default="7E0", help="identifier of requests, hexadecimal")
    arguments.add_argument("--response", default="7E8", help="identifier of responses, hexadecimal")
    arguments.add_argument("--device", required=True, help="device file that `esync provision` wrote")
    arguments.add_argument("--package", required=True, help="package file")
    options = arguments.parse_args()
    device = Device(options.device)
    with open(options.package, "rb") as file:
        entry = next(entry for entry in cbor2.load(file)[4] if entry[0] == 0)

    bus = can.Bus(interface="socketcand", host=options.host, port=options.port, channel=options.bus)
    address = isotp.Address(txid=int(options.request, 16), rxid=int(options.response, 16))
    stack = isotp.CanStack(bus, address=address, params={"tx_padding": 0xCC, "stmin": 0, "blocksize": 0})
    config = dict(udsoncan.configs.default_client_config)
    # The ECU's P2 counts from the request's last frame on the bus. udsoncan counts from the call, so the time that Python and this
    # machine need for 586 frames is in it.
    config.update(use_server_timing=False, request_timeout=60, p2_timeout=20, p2_star_timeout=20, security_algo=lambda level, seed, params: device.security_key(seed),
                  data_identifiers={0xF15A: Raw, 0xFD02: Raw})
    with Client(PythonIsoTpConnection(stack), config=config) as client:
        version = update(client, device, entry[1], entry[2])
    bus.shutdown()
    say(f"UPDATE PASS: {version}")


START = time.monotonic()
if __name__ == "__main__":
    main()
