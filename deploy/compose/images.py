"""What the images of the compose files bring, from this machine: the same programs, where possible in the same version."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from machine import Failure

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = ROOT / ".tools"
DOCKERFILE = ROOT / "deploy" / "image" / "Dockerfile"


def images(built):
    """By the name of the image, without its tag. `built`: the root that deploy/image/assemble.sh has laid out."""
    postgres_programs = postgres()
    demo = Path(os.environ.get("MTCHAT_DEMO", ROOT / "demo")).resolve()
    if not (demo / "dist" / "index.html").is_file():
        raise Failure(f"{demo} is not built: `npm ci && npm run build` there, or what deploy/image/demo.sh lays out, named by MTCHAT_DEMO")
    return {
        "mtchat": {"root": built, **of_dockerfile("mtchat")},
        "mtchat-demo": {
            "programs": {"node": program("node")},
            "folders": {f"/demo/{part}": demo / part for part in ("server", "dist", "node_modules", "package.json")},
            # In the image the folder is made for its user.
            "owner": (65532, 65532),
            "directory": "/demo",
            **of_dockerfile("demo"),
        },
        "nats": {"programs": {"nats-server": fetched("NATS_SERVER_BIN", "nats-server-*")}},
        "postgres": {
            "folders": {} if postgres_programs.is_relative_to("/usr/lib") else {"/programs/postgres": postgres_programs.parent},
            "environment": {"PATH": f"{postgres_programs if postgres_programs.is_relative_to('/usr/lib') else '/programs/postgres/bin'}:/usr/bin:/bin", "LANG": "C.UTF-8", "PGDATA": "/var/lib/postgresql/data"},
            "accounts": "postgres:x:999:999::/var/lib/postgresql:/bin/sh\n",
            "owner": (999, 999),
            "prepare": make_database,
        },
        "chrislusf/seaweedfs": {"programs": {"weed": fetched("SEAWEEDFS_BIN", "seaweedfs-*/weed")}},
        "haproxy": {
            "programs": {"haproxy": TOOLS / "checkers" / "haproxy.d" / "haproxy"},
            "folders": {"/programs/lib": TOOLS / "checkers" / "haproxy.d" / "lib"},
            "environment": {"LD_LIBRARY_PATH": "/programs/lib"},
        },
    }


def of_dockerfile(target):
    """What the image's own file says about how it is started."""
    text = DOCKERFILE.read_text().replace("\\\n", " ")
    stage = re.search(rf"^FROM \S+ AS {target}$(.*?)(?=^FROM |\Z)", text, re.MULTILINE | re.DOTALL)[1]

    def words(instruction):
        found = re.search(rf"^{instruction} .*?(\[.*\])$", stage, re.MULTILINE) or re.search(rf"^{instruction} (\[.*\])$", stage, re.MULTILINE)
        return json.loads(found[1])

    environment = dict(pair.split("=", 1) for line in re.findall(r"^ENV (.*)$", stage, re.MULTILINE) for pair in line.split())
    if target == "demo":
        environment["PATH"] = "/programs:/usr/bin:/bin"
    return {
        "entrypoint": words("ENTRYPOINT"),
        "command": words("CMD"),
        "healthcheck": words("HEALTHCHECK"),
        "user": re.search(r"^USER (\d+:\d+)$", stage, re.MULTILINE)[1],
        "environment": environment,
    }


def make_database(machine, container):
    """What the entrypoint of the image of Postgres does with an empty volume."""
    about = machine.project["services"][container.service]["environment"]
    if (machine.work / "volumes" / "postgres" / "PG_VERSION").exists():
        return
    user, database, password = about["POSTGRES_USER"], about["POSTGRES_DB"], about["POSTGRES_PASSWORD"]
    steps = f"""set -e
umask 077
printf '%s' "$POSTGRES_PASSWORD" > /tmp/password
initdb --username={user} --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 > /dev/null
echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
[ {database} = postgres ] || echo 'CREATE DATABASE {database};' | postgres --single -j postgres > /dev/null
"""
    made = machine.execute(container, ["sh", "-c", steps], within=300)
    if made.returncode or password not in about["POSTGRES_PASSWORD"]:
        raise Failure(f"Postgres makes no database: {made.stdout}")


def postgres():
    """The folder of the programs of the Postgres that tools/fetch.py has chosen."""
    said = subprocess.run([ROOT / "tools" / "fetch.py", "postgres"], capture_output=True, text=True, check=False).stdout
    found = re.search(r" (?:at|to) (/\S+)", said)
    if not found:
        raise Failure("there is no Postgres: tools/fetch.py says why")
    place = Path(found[1])
    return (place if place.name == "bin" else place / "bin").resolve()


def fetched(variable, pattern):
    chosen = os.environ.get(variable)
    places = [Path(chosen)] if chosen else sorted(TOOLS.glob(pattern))
    if not places:
        raise Failure(f"{pattern} is not in .tools: run tools/fetch.py")
    return places[-1].resolve()


def program(name):
    found = shutil.which(name)
    if not found:
        raise Failure(f"{name} is missing on this machine")
    return Path(found).resolve()
