#!/usr/bin/env python3
"""Looks at the compose files without starting anything: the schema, who may do what, variables, secrets, versions, what is mounted.

Needs Python with PyYAML and what tools/checkers.py has fetched: .tools/checkers/bin/python deploy/compose/check.py
"""

import copy
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

import project
import yaml

HERE, ROOT = project.HERE, project.ROOT
CHECKERS = ROOT / ".tools" / "checkers"
FILES = ["compose.yaml", "compose.dev.yaml", "compose.production.yaml"]
# Of another folder, and with variables in the same .env.
BESIDE = ["../observability/compose.yaml"]
TOGETHER = [["compose.yaml"], ["compose.yaml", "compose.dev.yaml"], ["compose.yaml", "compose.production.yaml"]]
PRODUCTION = TOGETHER[2]
OURS = ["migrate", "edge", "worker"]
ONCE = ["prepare", "migrate"]
DURABLE = {"nats": "/var/lib/nats", "postgres": "/var/lib/postgresql/data", "files": "/data"}
KNOWN_TO_ALL = "for-trying-only"

# What compose-lint says and we have decided otherwise, with the reason.
ACCEPTED = {
    "CL-0005": "the proxy is what the world is to reach; that nothing else is open is a rule of our own",
    "CL-0018": "the one service that runs as root hands fresh volumes over, without a network, and ends",
    "CL-0019": "images are pinned by exact tags; digests are added by the bot that updates them",
    "CL-0020": "the programs take their secrets from the environment, which only root and the engine can read",
    "CL-0021": "the same, for addresses with a password in them",
}


def main():
    problems = schema() + variables()
    for names in TOGETHER:
        whole = project.load(names, filled_in())
        problems += [f"{' + '.join(names)}: {one}" for one in services(whole) + lint(whole)]
    problems += production(project.load(PRODUCTION, filled_in())) + versions() + proxy() + this_check()
    for one in problems:
        print(f"  {one}", file=sys.stderr)
    if problems:
        sys.exit(f"{len(problems)} problems in deploy/compose")
    print(f"  ok  {len(FILES)} compose files: schema, variables, rights, secrets, versions, mounts")


def filled_in():
    """An .env with a value for everything that is demanded."""
    values = project.example()[0]
    return {name: value or "" for name, value in values.items()} | {name: f"given-{name.lower()}:1.2.3" for name in demanded()}


def demanded():
    return [name for name, is_demanded in project.variables("compose.production.yaml").items() if is_demanded]


def schema():
    checked = run(CHECKERS / "bin" / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", *(HERE / name for name in FILES + BESIDE))
    return [checked.stdout.strip()] if checked.returncode else []


def variables():
    values, unexplained = project.example()
    used = {name for file in FILES + BESIDE for name in project.variables(file)}
    problems = [f".env.example does not explain {name}" for name in sorted(used - set(values))]
    problems += [f".env.example explains {name}, which no compose file uses" for name in sorted(set(values) - used)]
    problems += [f".env.example has nothing to say about {name}" for name in unexplained]
    text = (HERE / ".env.example").read_text()
    for name in demanded():
        group = re.search(rf"((?:^#.*\n)+)(?:^\w+=.*\n)*?^{name}=", text, re.MULTILINE)
        if not group or "Required in production" not in group[1]:
            problems.append(f".env.example does not say that {name} is required")
        if values.get(name):
            problems.append(f".env.example has a value for {name}, which everybody should choose")
        try:
            project.load(PRODUCTION, {**filled_in(), name: ""})
            problems.append(f"production starts without {name}")
        except project.Unset:
            pass
    return problems


def services(whole):
    problems = []
    documents = [ROOT / "docs" / name for name in ("configuration.md", "operations/observability.md")]
    known = {name for one in documents if one.exists() for name in re.findall(r"`([A-Z][A-Z0-9_]+)", one.read_text())}
    for name, about in whole["services"].items():
        limits = about.get("deploy", {}).get("resources", {}).get("limits", {})
        rules = {
            "its root can be written to": about.get("read_only") is True,
            "it keeps capabilities": about.get("cap_drop") == ["ALL"] and set(about.get("cap_add", [])) <= ({"CHOWN"} if name == "prepare" else set()),
            "it may become more than it is": "no-new-privileges:true" in about.get("security_opt", []),
            "it has no limits of processors, memory and processes": set(limits) == {"cpus", "memory", "pids"},
            "its log grows for ever": {"max-size", "max-file"} <= set(about.get("logging", {}).get("options", {})),
            "its image has no exact tag": bool(re.search(r":\d+\.\d+[\w.-]*$", about["image"])),
            "it runs as root": name == "prepare" or not about.get("user", "65532").startswith(("0", "root")),
            "nobody can see whether it is well": name in ONCE or "build" in about or bool(about.get("healthcheck", {}).get("test")),
            "it does not come back": about.get("restart") == ("no" if name == "prepare" else "on-failure" if name == "migrate" else "unless-stopped"),
            "it does not wait for the migration": name not in ("edge", "worker") or about["depends_on"].get("migrate") == {"condition": "service_completed_successfully"},
            "there are not two of it": name not in ("edge", "worker") or about["deploy"].get("replicas", 1) >= 2,
            "it is not given the time that a drain takes": name not in ("edge", "worker", "proxy") or about.get("stop_grace_period") == "45s",
        }
        problems += [f"{name}: {otherwise}" for otherwise, holds in rules.items() if not holds]
        if name in OURS:
            problems += [f"{name}: MTChat knows no {variable}" for variable in set(about["environment"]) - known - {"RUST_LOG"}]
        for mount in about.get("volumes", []):
            source, target = mount.split(":")[:2]
            if source.startswith(".") and not (HERE / source).exists():
                problems.append(f"{name}: {source} is not there")
            if not source.startswith((".", "/", "given-")) and source not in whole["volumes"]:
                problems.append(f"{name}: there is no volume {source}")
        for port in about.get("ports", []):
            if not port.startswith("127.0.0.1:") and name != "proxy":
                problems.append(f"{name}: {port} is open to the world")
    for name, place in DURABLE.items():
        if not any(mount == f"{name}:{place}" for mount in whole["services"][name].get("volumes", [])):
            problems.append(f"{name}: {place} is not kept in a volume")
    if f'store_dir: "{DURABLE["nats"]}"' not in (ROOT / "nats" / "server" / "node.conf").read_text():
        problems.append("nats: its configuration keeps the log elsewhere than in the volume")
    return problems


def production(whole):
    text = json.dumps(whole["services"])
    problems = [f"production has a secret that everybody knows: {found}" for found in set(re.findall(rf"[\w-]*{KNOWN_TO_ALL}[\w-]*", text))]
    problems += [f"production starts {name} unasked" for name in ("demo", "files-console") if not whole["services"][name].get("profiles")]
    for name in OURS:
        environment = whole["services"][name]["environment"]
        if environment["MTCHAT_ENVIRONMENT"] != "production" or environment["WEBHOOK_ALLOW_PRIVATE"] != "false":
            problems.append(f"{name} is not told that it is in production")
    return problems


def lint(whole):
    """What compose-lint makes of all files together."""
    with tempfile.TemporaryDirectory() as work:
        file = Path(work) / "compose.yaml"
        file.write_text(yaml.safe_dump(whole))
        said = run(CHECKERS / "bin" / "compose-lint", "--format", "json", file).stdout
    found = json.loads(said)
    findings = found if isinstance(found, list) else found.get("findings", [])
    return [f"{one['service']}: {one['rule_id']}: {one['message']}" for one in findings if one["rule_id"] not in ACCEPTED]


def versions():
    """What is played here is what runs there."""
    fetch = (ROOT / "tools" / "fetch.py").read_text()
    whole = project.load(["compose.yaml"], {})["services"]
    problems = []
    for service, constant in (("nats", "NATS_VERSION"), ("prepare", "NATS_VERSION"), ("files", "FILES_VERSION"), ("files-console", "FILES_VERSION")):
        wanted = re.search(rf'^{constant} = "(.*)"$', fetch, re.MULTILINE)[1]
        if not re.search(rf":{re.escape(wanted)}(-\w+)?$", whole[service]["image"]):
            problems.append(f"{service}: {whole[service]['image']} is not the {wanted} that the tests run on")
    return problems


def proxy():
    checked = run(CHECKERS / "haproxy", "-c", "-f", HERE / "haproxy" / "edges.cfg")
    return [f"haproxy: {checked.stdout.strip()} {checked.stderr.strip()}"] if checked.returncode else []


def this_check():
    """Each of these would be a mistake, and must be found."""
    mistakes = {
        "a root that can be written to": lambda all_: all_["edge"].pop("read_only"),
        "a capability": lambda all_: all_["worker"].update(cap_add=["NET_ADMIN"]),
        "privileges": lambda all_: all_["nats"].update(security_opt=[]),
        "no limit": lambda all_: all_["postgres"]["deploy"]["resources"]["limits"].pop("pids"),
        "no tag": lambda all_: all_["proxy"].update(image="haproxy"),
        "latest": lambda all_: all_["proxy"].update(image="haproxy:latest"),
        "root": lambda all_: all_["files"].update(user="0:0"),
        "an unknown variable": lambda all_: all_["edge"]["environment"].update(JWT_SECRT="x"),
        "an open port": lambda all_: all_["postgres"].update(ports=["0.0.0.0:5432:5432"]),
        "data in memory": lambda all_: all_["nats"].update(volumes=[], tmpfs=["/var/lib/nats"]),
        "a mount of nothing": lambda all_: all_["proxy"].update(volumes=["./nothing:/etc/nothing"]),
        "a short drain": lambda all_: all_["edge"].update(stop_grace_period="10s"),
    }
    unseen = []
    for name, make in mistakes.items():
        whole = copy.deepcopy(project.load(["compose.yaml"], {}))
        make(whole["services"])
        if not services(whole):
            unseen.append(f"this check does not see {name}")
    spoiled = project.load(PRODUCTION, filled_in())
    spoiled["services"]["edge"]["environment"]["JWT_SECRETS"] = f"{KNOWN_TO_ALL}-x"
    return unseen + ([] if production(spoiled) else ["this check does not see a known secret"])


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main()
