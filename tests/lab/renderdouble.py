"""What the doubles of Render's command line program (2.24) and of its API share:
the documents that both show, made from render.json."""
import time

import double

NOW = "2026-01-01T00:00:00Z"
PLATFORM = {"web_service": "Web Service", "private_service": "Private Service",
            "background_worker": "Background Worker", "cron_job": "Cron Job",
            "static_site": "Static Site"}
SHORT = {"web_service": "web", "private_service": "pserv", "background_worker": "worker",
         "cron_job": "cron", "static_site": "static"}


def owner(data):
    w = data["workspace"]
    return {"email": w["email"], "id": w["id"], "name": w["name"], "type": "team"}


def environment_of(data, env_id):
    """(project, environment) that ${env_id} names, each None without one."""
    for p in data.get("projects", []):
        for e in p["environments"]:
            if e["id"] == env_id:
                return p, e
    return None, None


def project_doc(data, p):
    return {"createdAt": NOW, "environmentIds": [e["id"] for e in p["environments"]], "id": p["id"],
            "name": p["name"], "owner": owner(data), "updatedAt": NOW}


def environment_doc(data, p, e):
    def ids(kind):
        return sorted(i for i, d in data.get(kind, {}).items() if d.get("environment") == e["id"])
    return {"databasesIds": ids("postgres"), "envGroupIds": [], "id": e["id"], "name": e["name"],
            "networkIsolationEnabled": False, "projectId": p["id"], "protectedStatus": "unprotected",
            "redisIds": ids("keyvalue"), "serviceIds": ids("services")}


def is_suspended(s):
    return bool(s["suspenders"])


def instances(sid, s):
    """Those that run: a suspended service's take ${drain} seconds to end."""
    if s["type"] in ("cron_job", "static_site"):
        return []
    if is_suspended(s) and time.time() >= s.get("suspended_at", 0) + s.get("drain", 0) and not double.is_working("render"):
        return []
    return [{"createdAt": NOW, "id": f"{sid}-{i:05d}"} for i in range(s["instances"])]


def service_details(s):
    docker = s["runtime"] in ("docker", "image")
    command = {"dockerCommand": s.get("command", ""), "dockerContext": ".", "dockerfilePath": "./Dockerfile"} if docker else \
        {"buildCommand": s.get("build", ""), "startCommand": s.get("command", "")}
    if s.get("predeploy"):
        command["preDeployCommand"] = s["predeploy"]
    d = {"buildPlan": "starter", "env": s["runtime"], "envSpecificDetails": command,
         "plan": s["plan"], "region": s["region"], "runtime": s["runtime"]}
    if s["type"] == "cron_job":
        d["schedule"] = s["schedule"]
        return d
    if s["type"] == "static_site":
        return {"buildCommand": s.get("build", ""), "buildPlan": "starter", "publishPath": "public",
                "url": f"https://{s['slug']}.onrender.com"}
    d["numInstances"] = s["instances"]
    if s.get("disk"):
        d["disk"] = s["disk"]
    if s["type"] == "private_service":
        d.update(openPorts=[], url=f"{s['slug']}:10000")
    if s["type"] == "web_service":
        d.update(healthCheckPath=s.get("health", ""), openPorts=[{"port": 10000, "protocol": "TCP"}],
                 maintenanceMode={"enabled": s.get("maintenance", False), "uri": ""},
                 url=f"https://{s['slug']}.onrender.com")
    return d


def service_doc(data, sid):
    s = data["services"][sid]
    doc = {"autoDeploy": "yes" if s.get("auto_deploy", True) else "no", "branch": "main", "createdAt": NOW,
           "dashboardUrl": f"https://dashboard.render.com/{SHORT[s['type']]}/{sid}", "id": sid, "name": s["name"],
           "notifyOnFail": "default", "ownerId": data["workspace"]["id"], "repo": "https://github.com/example/shop",
           "rootDir": s.get("root", ""), "serviceDetails": service_details(s), "slug": s["slug"],
           "suspended": "suspended" if is_suspended(s) else "not_suspended", "suspenders": s["suspenders"],
           "type": s["type"], "updatedAt": NOW}
    if s.get("environment"):
        doc["environmentId"] = s["environment"]
    return doc


def store_doc(data, sid, s):
    """What a Postgres and a Key Value have in common."""
    doc = {"createdAt": NOW, "id": sid, "ipAllowList": s["allow"], "name": s["name"], "owner": owner(data),
           "plan": s["plan"], "region": s["region"], "status": "suspended" if s["suspended"] else "available",
           "updatedAt": NOW, "version": s["version"]}
    if s.get("environment"):
        doc["environmentId"] = s["environment"]
    return doc


def postgres_doc(data, sid):
    s = data["postgres"][sid]
    return {**store_doc(data, sid, s), "connectionPool": "disabled", "databaseName": s["database"], "databaseUser": s["user"],
            "dashboardUrl": f"https://dashboard.render.com/d/{sid}", "diskAutoscalingEnabled": False,
            "diskSizeGB": 15, "highAvailabilityEnabled": False, "readReplicas": [], "role": "primary",
            "suspended": "suspended" if s["suspended"] else "not_suspended",
            "suspenders": ["user"] if s["suspended"] else []}


def keyvalue_doc(data, sid):
    s = data["keyvalue"][sid]
    return {**store_doc(data, sid, s), "dashboardUrl": f"https://dashboard.render.com/r/{sid}",
            "options": {"maxmemoryPolicy": s.get("policy", "noeviction"), "persistenceMode": "journal_snapshot"}}


def suspend(s):
    s["suspenders"] = ["user"]
    s["suspended_at"] = time.time()


def resume(s):
    s["suspenders"] = []
