"""What the double of Railway's program (5.43) shows and does, on railway.json: one
project with its environments, services and their deployments. Field names and
types are those of the program's copy of the API's schema."""
import time

import double
import gqldouble
from gqldouble import Failed

NOW = "2026-01-01T00:00:00+00:00"
ENDED = ("REMOVED", "FAILED", "SKIPPED")
STABLE = ("SUCCESS", "CRASHED", "SLEEPING")
STARTING = ("BUILDING", "DEPLOYING", "INITIALIZING", "QUEUED", "WAITING")
ID = {"id": "String!"}
PLACE = {"environmentId": "String!", "projectId": "String!", "serviceId": "String!"}
SCHEMA = {
    "Query": {"me": ("User!", {}), "deployment": ("Deployment!", ID),
              "serviceInstanceAutoDeployStatus": ("ServiceInstanceAutoDeployStatus!", PLACE)},
    "Mutation": {"deploymentCancel": ("Boolean!", ID), "deploymentRemove": ("Boolean!", ID),
                 "deploymentRestart": ("Boolean!", ID), "deploymentRollback": ("Boolean!", ID),
                 "deploymentStop": ("Boolean!", ID),
                 "deploymentRedeploy": ("Deployment!", {**ID, "usePreviousImageTag": "Boolean"}),
                 "serviceInstanceAutoDeployUpdate": ("ServiceInstanceAutoDeployUpdateResult!", {"input": "ServiceInstanceAutoDeployUpdateInput!"})},
    "User": {n: ("String", {}) for n in ("id", "name", "email")},
    "ServiceInstanceAutoDeployStatus": {"canEnable": ("Boolean!", {}), "enabled": ("Boolean!", {}), "reason": ("String", {})},
    "ServiceInstanceAutoDeployUpdateResult": {"enabled": ("Boolean!", {})},
    "DeploymentDeploymentInstance": {"id": ("String!", {}), "status": ("DeploymentInstanceStatus!", {})},
    "Deployment": {**{n: ("String!", {}) for n in ("id", "status", "createdAt", "environmentId", "projectId", "serviceId")},
                   **{n: ("Boolean!", {}) for n in ("canRedeploy", "canRollback", "deploymentStopped")},
                   "instances": ("[DeploymentDeploymentInstance!]!", {}), "meta": ("DeploymentMeta", {})}}


def status(d):
    """Removing takes ${drain} seconds, starting ${boot}."""
    if d["status"] == "REMOVED" and "removed_at" in d and (time.time() < d["removed_at"] + d.get("drain", 0) or double.is_working("railway")):
        return "REMOVING"
    if d["status"] == "SUCCESS" and time.time() < d.get("started_at", 0) + d.get("boot", 0):
        return "DEPLOYING"
    return d["status"]


def end(s, d):
    d.update(status="REMOVED", removed_at=time.time(), drain=s.get("drain", 0))


def deployment_doc(s, sid, eid, d):
    st = status(d)
    state = {"SUCCESS": "EXITED" if s.get("cron") else "RUNNING", "REMOVING": "REMOVING", "REMOVED": "REMOVED",
             "SLEEPING": "STOPPED", "CRASHED": "CRASHED"}.get(st, "CREATED")
    if d.get("stopped"):
        state = "STOPPED"
    replicas = 1 if s.get("cron") else sum(r["numReplicas"] for r in s["regions"].values())
    return {"canRedeploy": st in STABLE, "canRollback": st == "REMOVED" and d.get("image", True), "id": d["id"],
            "meta": {"branch": "main", "commitHash": d.get("commit", "0" * 40),
                     "serviceManifest": {"build": s.get("build", {}), "deploy": {**s.get("deploy", {}), "multiRegionConfig": s["regions"]}}},
            "status": st, "createdAt": NOW, "deploymentStopped": state in ("STOPPED", "EXITED", "REMOVED"),
            "instances": [{"id": f"{d['id']}-{i}", "status": state} for i in range(replicas)],
            "environmentId": eid, "serviceId": sid, "projectId": ""}


PARTS = ("canRedeploy", "id", "meta", "status", "createdAt", "deploymentStopped", "instances")


def deployments(s, sid, eid, names=PARTS):
    return [{n: doc[n] for n in names} for doc in (deployment_doc(s, sid, eid, d) for d in s["deployments"])]


def instance_doc(name, s, sid, eid):
    docs = deployments(s, sid, eid)
    active = [{n: d[n] for n in PARTS if n != "canRedeploy"} for d in docs if d["status"] not in ENDED]
    return {"id": f"si-{sid}", "serviceId": sid, "serviceName": name, "environmentId": eid, "numReplicas": 1,
            "latestDeployment": docs[0] if docs else None, "activeDeployments": active,
            "source": {"repo": s.get("repo"), "image": s.get("image")},
            "domains": {"serviceDomains": [{"id": f"sd-{sid}", "domain": d, "targetPort": 8080} for d in s.get("domains", [])],
                        "customDomains": [{"id": f"cd-{d}", "domain": d, "targetPort": 8080} for d in s.get("custom", [])]},
            "cronSchedule": s.get("cron"), "nextCronRunAt": None, "startCommand": s.get("start")}


def volume_doc(s, sid, eid):
    v = s["volume"]
    return {"id": f"vi-{sid}", "serviceId": sid, "mountPath": v["path"], "environmentId": eid, "currentSizeMB": 120.5,
            "sizeMB": v["size"], "state": "READY", "deletedAt": None, "isPendingDeletion": False,
            "volume": {"name": v["name"], "id": f"vol-{sid}"}}


def variables(data, eid, sid):
    """All that a deployment gets, references followed, with Railway's own."""
    p, s = data["project"], data["services"][sid]["in"][eid]
    name = data["services"][sid]["name"]
    env = next(e["name"] for e in p["environments"] if e["id"] == eid)
    out = {**s["vars"], "RAILWAY_ENVIRONMENT": env, "RAILWAY_ENVIRONMENT_ID": eid, "RAILWAY_ENVIRONMENT_NAME": env,
           "RAILWAY_PRIVATE_DOMAIN": f"{name.lower()}.railway.internal", "RAILWAY_PROJECT_ID": p["id"],
           "RAILWAY_PROJECT_NAME": p["name"], "RAILWAY_SERVICE_ID": sid, "RAILWAY_SERVICE_NAME": name}
    for d in (s.get("custom", []) + s.get("domains", []))[:1]:
        out["RAILWAY_PUBLIC_DOMAIN"] = out["RAILWAY_STATIC_URL"] = d
    if s.get("proxy"):
        out.update(RAILWAY_TCP_PROXY_DOMAIN=s["proxy"]["domain"], RAILWAY_TCP_PROXY_PORT=str(s["proxy"]["port"]),
                   RAILWAY_TCP_APPLICATION_PORT=str(s["proxy"]["to"]))
    return dict(sorted(out.items()))


class Actions:
    """The API's queries and mutations."""

    def __init__(self, data):
        self.data = data

    def find(self, ident):
        for sid, service in self.data["services"].items():
            for eid, s in service["in"].items():
                for d in s["deployments"]:
                    if d["id"] == ident:
                        return sid, eid, s, d
        raise Failed("Deployment not found")

    def place(self, environmentId, projectId, serviceId):
        service = self.data["services"].get(serviceId)
        if not service or environmentId not in service["in"] or projectId != self.data["project"]["id"]:
            raise Failed("ServiceInstance not found")
        return service["in"][environmentId]

    def deployment(self, id):
        sid, eid, s, d = self.find(id)
        return {**deployment_doc(s, sid, eid, d), "projectId": self.data["project"]["id"]}

    def remove(self, id):
        _, _, s, d = self.find(id)
        if status(d) not in STABLE:
            raise Failed("Cannot remove a deployment that is not deployed")
        end(s, d)
        return True

    def cancel(self, id):
        _, _, _, d = self.find(id)
        if status(d) not in STARTING:
            raise Failed("Cannot cancel a deployment that is not in progress")
        d["status"] = "REMOVED"
        d["image"] = False
        return True

    def stop(self, id):
        self.find(id)[3]["stopped"] = True
        return True

    def restart(self, id):
        _, _, _, d = self.find(id)
        if status(d) not in STABLE:
            raise Failed("Cannot restart a deployment that is not deployed")
        d["stopped"] = False
        d["status"] = "SUCCESS"
        return True

    def anew(self, s, d):
        for other in s["deployments"]:
            if status(other) in STABLE:
                end(s, other)
        n = {"id": f"{d['id'].split('+')[0]}+{len(s['deployments'])}", "status": "SUCCESS", "commit": d.get("commit"),
             "started_at": time.time(), "boot": s.get("boot", 0)}
        s["deployments"].insert(0, n)
        return n

    def rollback(self, id):
        _, _, s, d = self.find(id)
        if not (status(d) == "REMOVED" and d.get("image", True)):
            raise Failed("Deployment cannot be rolled back to")
        self.anew(s, d)
        return True

    def redeploy(self, id, usePreviousImageTag=None):
        sid, eid, s, d = self.find(id)
        return deployment_doc(s, sid, eid, self.anew(s, d))

    def auto_status(self, **place):
        s = self.place(**place)
        has = s.get("repo") is not None
        return {"canEnable": has, "enabled": bool(s.get("auto_deploy")), "reason": None if has else "no repository is connected"}

    def auto_update(self, input):
        if set(input) != {"enabled", "environmentId", "projectId", "serviceId"} or not isinstance(input["enabled"], bool):
            raise gqldouble.Invalid('Variable "$input" got invalid value')
        s = self.place(input["environmentId"], input["projectId"], input["serviceId"])
        if s.get("repo") is None:
            raise Failed("Auto-deploy needs a connected repository")
        s["auto_deploy"] = input["enabled"]
        return {"enabled": input["enabled"]}

    def server(self):
        u = self.data["user"]
        return gqldouble.Server(SCHEMA, {
            "me": lambda: {"id": "user-1", "name": u["name"], "email": u["email"]}, "deployment": self.deployment,
            "serviceInstanceAutoDeployStatus": self.auto_status, "serviceInstanceAutoDeployUpdate": self.auto_update,
            "deploymentRemove": self.remove, "deploymentCancel": self.cancel, "deploymentStop": self.stop,
            "deploymentRestart": self.restart, "deploymentRollback": self.rollback, "deploymentRedeploy": self.redeploy})
