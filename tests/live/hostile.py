#!/usr/bin/env python3
"""Strangers that send a node anything, for a time.

    hostile.py KETTENSIM [--seconds 600] [--seed 1]

Runs two honest nodes that mine, and connections to one of them that send noise, frames with good
checksums and any payload, messages that the node has sent, changed by a byte, requests whose
answers nobody reads, and half frames. Does the same to its control socket. Afterwards both nodes
must answer, stand on one tip, have no connection left over, and not have grown. Exit status 0 when
all of it holds.
"""
import argparse
import hashlib
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time

KINDS = 19
NODES = {"alice": 8001, "bob": 8002}
GROWTH_MB = 200  # 125 connections with a budget each; far below what a leak of minutes needs


class Net:
    """Two nodes that know each other, on an address of the loopback of their own."""

    def __init__(self, kettensim, folder):
        self.kettensim, self.folder, self.processes = kettensim, folder, {}
        self.host = f"127.9.{os.getpid() % 250}.1"
        for name, port in NODES.items():
            command = [kettensim, "node", "--chain", "scenarios/live/race.scn", "--name",
                       "n1" if name == "alice" else "n2", "--data", f"{folder}/{name}", "--listen",
                       f"{self.host}:{port}", "--mine", "50%"]
            if name == "bob":
                command += ["--peer", f"{self.host}:{NODES['alice']}"]
            self.processes[name] = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            while not os.path.exists(f"{folder}/{name}/control"):
                time.sleep(0.02)

    def ask(self, name, word):
        result = subprocess.run([self.kettensim, "node-ctl", f"{self.folder}/{name}", word],
                                capture_output=True, text=True)
        return json.loads(result.stdout)

    def megabytes(self, name):
        for line in open(f"/proc/{self.processes[name].pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0


def frame(magic, kind, payload):
    checksum = hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    return magic + bytes([kind]) + len(payload).to_bytes(4, "little") + checksum + payload


class Stranger:
    """A connection that misbehaves in one way."""

    def __init__(self, net, magic, genesis, draw, heard):
        self.draw, self.magic, self.heard = draw, magic, heard
        self.socket = socket.create_connection((net.host, NODES["alice"]), timeout=1)
        self.socket.settimeout(0.002)
        self.kind = draw.choice(["noise", "frames", "replay", "greedy", "half", "silent"])
        if self.kind in ("frames", "replay", "greedy"):
            hello = (1).to_bytes(4, "little") + genesis + genesis + bytes(8) + (99).to_bytes(2, "little") + b"\0"
            self.socket.sendall(frame(magic, 0, hello))

    def step(self):
        draw = self.draw
        if self.kind == "noise":
            self.socket.sendall(draw.randbytes(draw.randint(1, 5000)))
        elif self.kind == "frames":
            self.socket.sendall(frame(self.magic, draw.randrange(KINDS), draw.randbytes(draw.choice([0, 1, 5, 40, 200, 5000]))))
        elif self.kind == "half":
            self.socket.sendall(self.magic + bytes([draw.randrange(KINDS)]) + (100000).to_bytes(4, "little") + draw.randbytes(50))
        elif self.kind == "replay" and self.heard:
            message = bytearray(draw.choice(self.heard))
            if message and draw.random() < 0.8:
                message[draw.randrange(len(message))] ^= 1 << draw.randrange(8)
            self.socket.sendall(frame(self.magic, draw.randrange(KINDS) if draw.random() < 0.2 else message[0] % KINDS, bytes(message[1:])))
        elif self.kind == "greedy":
            try:
                self.socket.sendall(50 * (frame(self.magic, 16, b"") + frame(self.magic, 3, b"\0\0")))
            except TimeoutError:
                self.kind = "silent"  # the node reads no more of it
        if self.kind not in ("greedy", "silent"):
            self.hear()

    def hear(self):
        try:
            got = self.socket.recv(65536)
        except (TimeoutError, BlockingIOError):
            return
        if not got:
            raise ConnectionError
        at = 0
        while at + 13 <= len(got) and got[at:at + 4] == self.magic:
            length = int.from_bytes(got[at + 5:at + 9], "little")
            self.heard.append(bytes([got[at + 4]]) + got[at + 13:at + 13 + length])
            at += 13 + length
        del self.heard[:-500]

    def close(self):
        self.socket.close()


def pester_control(path, draw):
    """A request that is none, or a good word with members of any type."""
    words = ["status", "mine", "submit", "connect", "expect", "mining", "hand", "clock", "dance", 7, None]
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        client.connect(path)
        if draw.random() < 0.5:
            line = draw.randbytes(draw.randint(1, 400)) + b"\n"
        else:
            word = draw.choice(words)
            members = {"do": word}
            if word not in ("mining", "clock", "mine", "connect"):  # those would change the test
                for name in ["count", "tx", "name", "address", "host", "hand", "block"]:
                    members[name] = draw.choice([0, -1, 2**70, "x" * 300, [], {}, None, 1.5, "00" * 144])
                line = json.dumps(members).encode() + b"\n"
            else:
                line = b'{"do":"' + word.encode() + b'","num":-1,"count":-1,"address":"x"}\n' if word != "clock" else b"{}\n"
        try:
            client.sendall(line)
            client.recv(65536)
        except (TimeoutError, ConnectionError):
            pass


def pester(net, seconds, draw):
    genesis = bytes.fromhex(net.ask("alice", "status")["genesis"])[::-1]
    magic, heard, strangers, done = genesis[:4], [], [], 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if len(strangers) < 150 and draw.random() < 0.5:
                strangers.append(Stranger(net, magic, genesis, draw, heard))
        except OSError:
            pass
        if strangers:
            stranger = draw.choice(strangers)
            try:
                stranger.step()
            except (OSError, ConnectionError):
                strangers.remove(stranger)
                stranger.close()
            if draw.random() < 0.01 and stranger in strangers:
                strangers.remove(stranger)
                stranger.close()
        if draw.random() < 0.05:
            pester_control(f"{net.folder}/alice/control", draw)
        done += 1
    for stranger in strangers:
        stranger.close()
    return done, len(heard)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kettensim")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="kettensim-")
    net = Net(os.path.abspath(args.kettensim), folder)
    failed = []
    time.sleep(2)
    before = net.megabytes("alice")
    done, heard = pester(net, args.seconds, random.Random(args.seed))
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if any(p.poll() is not None for p in net.processes.values()):
            break
        alice, bob = net.ask("alice", "status"), net.ask("bob", "status")
        if alice["connections"] == 1 and alice["tip"] == bob["tip"]:
            break
        time.sleep(0.2)
    after = net.megabytes("alice")
    for name, process in net.processes.items():
        if process.poll() is not None:
            failed.append(f"{name} has ended with {process.returncode}")
    if not failed:
        if alice["connections"] != 1:
            failed.append(f"alice has {alice['connections']} connections, expected 1")
        if alice["tip"] != bob["tip"]:
            failed.append("the honest nodes stand on two tips")
        if alice["height"] < args.seconds / 20:
            failed.append(f"height {alice['height']}: mining has stood still")
        if after - before > GROWTH_MB:
            failed.append(f"alice grew from {before:.0f} to {after:.0f} MB")
        print(f"{done} steps, {heard} messages heard, height {alice['height']}, "
              f"{before:.0f} MB before and {after:.0f} MB after")
    for process in net.processes.values():
        process.terminate()
        if process.wait() != 0:
            failed.append(f"a node ended with {process.returncode}")
    for line in failed:
        print("FAIL " + line, file=sys.stderr)
    print(f"{5 - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
