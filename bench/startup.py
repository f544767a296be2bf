#!/usr/bin/env python3
"""exec → the first 200 to a POST /predict of `headroom serve`, and its resident memory with 300 open connections at work.

usage: bench/startup.py [STARTS [PORT]]    prints milliseconds (min, median, 95 %, max of STARTS) and MiB
The clock starts before the fork of the child, and the port is tried each half millisecond: both are in the figure.
"""
import os
import signal
import socket
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BODY = b'{"features":[5.1,3.5,1.4,0.2]}'
REQUEST = b"POST /predict HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


def serve(port):
    return subprocess.Popen(
        [f"{ROOT}/build/headroom", "serve", f"{ROOT}/examples/iris/model.joblib", "--host", "127.0.0.1", "--port", str(port), "--drain", "0"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def ask(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(REQUEST)
        return connection.recv(4096).startswith(b"HTTP/1.1 200")


def wait_until_it_answers(port, process):
    while process.poll() is None:
        try:
            if ask(port):
                return
        except ConnectionError:
            time.sleep(0.0005)
    sys.exit("the server ended")


def start_once(port):
    begin = time.perf_counter()
    process = serve(port)
    wait_until_it_answers(port, process)
    took = time.perf_counter() - begin
    process.send_signal(signal.SIGTERM)
    process.wait()
    return took * 1e3


def resident_mib(port):
    process = serve(port)
    wait_until_it_answers(port, process)
    load = subprocess.run([f"{ROOT}/build/headroom", "load", f"http://127.0.0.1:{port}/predict", "-u", "300", "-r", "300", "-t", "6s", "--json"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    with open(f"/proc/{process.pid}/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    process.send_signal(signal.SIGTERM)
    process.wait()
    return peak / 1024, load.returncode


def main():
    starts = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 21030
    took = sorted(start_once(port + i) for i in range(starts))
    print(f"exec to the first answer, {starts} starts: min {took[0]:.1f}, median {statistics.median(took):.1f}, "
          f"95 % {took[int(starts * 0.95) - 1]:.1f}, max {took[-1]:.1f} ms")
    mib, code = resident_mib(port + starts)
    print(f"peak resident memory, 300 users: {mib:.1f} MiB (load ended with {code})")


if __name__ == "__main__":
    main()
