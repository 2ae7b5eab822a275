"""A private Postfix on loopback, in a folder of its own: STARTTLS on one port, TLS on another, submission on a third, AUTH on all.

    python tests/mail/mail_postfix.py FOLDER [--ports 2525 2465 2587]

runs one until interrupted and prints what a ``config.ini`` needs to use it. It needs root and Debian's packages ``postfix``, ``sasl2-bin``
and ``libsasl2-modules``, and touches nothing of the system's own Postfix. Mail to anybody at test.local lands in FOLDER/mail/all/new
(its header Delivered-To says for whom), except to ``ghost``, whom it does not know.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mail_certificates import Certificates, make_certificates

USER, PASSWORD, DOMAIN = "bot@test.local", "Correct-Horse-密", "test.local"
_MASTER = Path("/usr/lib/postfix/sbin/master")
_SIZE_LIMIT = 3_000_000

_MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
myhostname = localhost
mydomain = test.local
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
alias_maps =
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {folder}/etc/sasl
smtpd_sasl_local_domain = test.local
smtpd_sasl_security_options = noanonymous
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_error_sleep_time = 0
smtpd_client_connection_rate_limit = 0
anvil_rate_time_unit = 1s
message_size_limit = {size}
virtual_mailbox_domains = test.local
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = regexp:{folder}/etc/boxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_mailbox_limit = 0
default_transport = discard:
"""
_SERVICES = """
{starttls} inet n - n - - smtpd
{tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass
class Postfix:
    """A running instance."""

    folder: Path
    ports: tuple[int, int, int]
    certificates: Certificates
    process: subprocess.Popen[bytes]

    @property
    def starttls(self) -> int:
        return self.ports[0]

    @property
    def tls(self) -> int:
        return self.ports[1]

    @property
    def submission(self) -> int:
        return self.ports[2]

    @property
    def log(self) -> str:
        return (self.folder / "log/mail.log").read_text(encoding="utf-8", errors="replace")

    def received(self, box: str) -> list[bytes]:
        """Return what was delivered to somebody, as it was sent."""
        wanted = f"Delivered-To: {box}@{DOMAIN}\n".encode()
        return [content for content in self.delivered() if wanted in content.partition(b"\n\n")[0] + b"\n"]

    def delivered(self) -> list[bytes]:
        """Return everything that was delivered."""
        folder = self.folder / "mail/all/new"
        return [path.read_bytes() for path in sorted(folder.iterdir())] if folder.is_dir() else []

    def wait_for(self, box: str, count: int, seconds: float = 20) -> list[bytes]:
        """Return what lies in somebody's mailbox as soon as there are so many."""
        end = time.monotonic() + seconds
        while len(found := self.received(box)) < count and time.monotonic() < end:
            time.sleep(0.05)
        return found

    def settled(self, seconds: float = 30) -> None:
        """Wait until nothing is in the queue any more."""
        queues = [self.folder / "spool" / name for name in ("maildrop", "incoming", "active", "deferred")]
        end = time.monotonic() + seconds
        while any(path.is_file() for queue in queues for path in queue.rglob("*")) and time.monotonic() < end:
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def missing() -> str | None:
    """Return why no instance can run here, or None."""
    if not _MASTER.is_file():
        return "postfix is not installed"
    if shutil.which("saslpasswd2") is None and not Path("/usr/sbin/saslpasswd2").is_file():
        return "sasl2-bin is not installed"
    return None if os.geteuid() == 0 else "postfix starts as root only"


def free_ports(count: int) -> list[int]:
    """Return ports that nobody uses now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def start(folder: Path | None = None, ports: tuple[int, int, int] | None = None) -> Postfix:
    """Set an instance up and start it. Its folder is below /tmp by default: Postfix' own user must be able to enter it."""
    place = folder or Path(tempfile.mkdtemp(prefix="taizhang-postfix-"))
    chosen = ports or tuple(free_ports(3))
    owner = pwd.getpwnam("postfix")
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o755)
    for name in ("etc", "etc/sasl", "log", "spool"):
        (place / name).mkdir(exist_ok=True)
    for name in ("data", "mail"):
        (place / name).mkdir(exist_ok=True)
        os.chown(place / name, owner.pw_uid, owner.pw_gid)
    for name in (
        "active",
        "bounce",
        "corrupt",
        "defer",
        "deferred",
        "flush",
        "hold",
        "incoming",
        "private",
        "saved",
        "trace",
    ):
        (place / "spool" / name).mkdir(mode=0o700, exist_ok=True)
        os.chown(place / "spool" / name, owner.pw_uid, 0)
    for name in ("maildrop", "public", "pid"):
        (place / "spool" / name).mkdir(mode=0o755, exist_ok=True)
        os.chown(place / "spool" / name, 0 if name == "pid" else owner.pw_uid, 0)
    certificates = make_certificates(place / "tls")
    values = {"folder": place, "certificate": certificates.certificate, "key": certificates.key, "uid": owner.pw_uid,
              "gid": owner.pw_gid, "size": _SIZE_LIMIT}  # fmt: skip
    etc = place / "etc"
    (etc / "main.cf").write_text(_MAIN.format(**values), encoding="utf-8")
    services = dict(zip(("starttls", "tls", "submission"), (f"127.0.0.1:{port}" for port in chosen), strict=True))
    (etc / "master.cf").write_text(_SERVICES.format(**services), encoding="utf-8")
    (etc / "boxes").write_text("if !/^ghost@/\n/@test\\.local$/ all/\nendif\n", encoding="utf-8")
    (etc / "sasl/smtpd.conf").write_text(
        f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {etc}/sasl/sasldb2\nmech_list: PLAIN LOGIN\n"
    )
    user, _, realm = USER.partition("@")
    command = ["/usr/sbin/saslpasswd2", "-p", "-c", "-f", str(etc / "sasl/sasldb2"), "-u", realm, user]
    subprocess.run(command, input=PASSWORD.encode(), check=True, capture_output=True)
    os.chown(etc / "sasl/sasldb2", owner.pw_uid, owner.pw_gid)
    environment = {**os.environ, "MAIL_CONFIG": str(etc)}
    process = subprocess.Popen(
        [str(_MASTER), "-c", str(etc), "-d"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    made = Postfix(place, (chosen[0], chosen[1], chosen[2]), certificates, process)
    _await(made)
    return made


def _await(postfix: Postfix) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            with socket.create_connection(("127.0.0.1", postfix.starttls), timeout=2) as connection:
                if connection.recv(100).startswith(b"220"):
                    return
        except OSError:
            pass
        if postfix.process.poll() is not None or time.monotonic() > end:
            postfix.stop()
            raise RuntimeError(
                f"postfix did not start: {postfix.log if (postfix.folder / 'log/mail.log').exists() else ''}"
            )
        time.sleep(0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--ports", type=int, nargs=3, default=(2525, 2465, 2587), metavar=("STARTTLS", "TLS", "SUBMISSION")
    )
    given = parser.parse_args()
    if reason := missing():
        sys.exit(reason)
    postfix = start(given.folder.absolute(), tuple(given.ports))
    keys = {"service": "smtp", "server": "localhost", "security": "tls", "port": postfix.tls, "user": USER,
            "ca_file": postfix.certificates.authority}  # fmt: skip
    lines = [
        "[mail]",
        *(f"{key} = {value}" for key, value in keys.items()),
        "",
        f"TAIZHANG_MAIL_PASSWORD={PASSWORD}",
        "",
    ]
    sys.stdout.write("\n".join(lines))
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        postfix.process.wait()
    postfix.stop()


if __name__ == "__main__":
    main()
