"""Becomes a program in a container: by one JSON document on the command line. Runs as root, in namespaces of network and mounts of its own.

It is what an engine's runtime does: mounts, a root of its own, no capabilities but those that were given, another user, and then the program.
"""

import ctypes
import json
import os
import resource
import subprocess
import sys

PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, LAST_CAPABILITY = 24, 38, 63
CAPABILITIES = {"CHOWN": 0}


def main():
    container = json.loads(sys.argv[1])
    libc = ctypes.CDLL(None, use_errno=True)
    mount_all(container)
    os.chroot(container["root"])
    os.chdir(container["directory"])
    for number in range(LAST_CAPABILITY):
        if number not in [CAPABILITIES[name] for name in container["capabilities"]]:
            libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        sys.exit("no_new_privs can not be set")
    limit_open_files(container["open_files"])
    user, group = container["user"]
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    os.umask(0o022)
    try:
        os.execvpe(container["command"][0], container["command"], container["environment"])
    except OSError as error:
        sys.exit(f"{container['command'][0]}: {error}")


def limit_open_files(wanted):
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
    except (OSError, ValueError):
        # This machine allows fewer than an engine would.
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def mount_all(container):
    root = container["root"]
    mount("--make-rprivate", "/")
    mount("--bind", root, root)
    for one in container["mounts"]:
        target = root + one["target"]
        if os.path.isfile(one.get("source", "")):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            open(target, "a").close()
        else:
            os.makedirs(target, exist_ok=True)
        if one["type"] == "tmpfs":
            mount("-t", "tmpfs", "-o", one["options"] or "mode=1777", "tmpfs", target)
        else:
            mount("--bind", one["source"], target)
            if one["read_only"]:
                mount("-o", "remount,bind,ro", target)
    mount("-t", "proc", "proc", f"{root}/proc")
    mount("--rbind", "/dev", f"{root}/dev")
    if container["read_only"]:
        mount("-o", "remount,bind,ro", root)


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


if __name__ == "__main__":
    main()
