-- Health of a RepoRun for Argo CD: what the conditions say, by name, never by their number.
-- Into argocd-cm: resource.customizations.health.repo-runner.dev_RepoRun: | … (README.md)
local health = { status = "Progressing", message = "waiting for Repo Runner" }

if obj.spec ~= nil and obj.spec.suspend == true then
  return { status = "Suspended", message = "spec.suspend is true" }
end
if obj.status == nil or obj.status.conditions == nil then
  return health
end
if obj.status.observedGeneration ~= nil and obj.metadata.generation ~= nil
    and obj.status.observedGeneration < obj.metadata.generation then
  health.message = "the newest spec has not been looked at yet"
  return health
end

local found = {}
for _, condition in ipairs(obj.status.conditions) do
  found[condition.type] = condition
end
local ready = found.Ready
local reason = ""
if ready ~= nil then
  reason = (ready.reason or "") .. ": " .. (ready.message or "")
end

if found.Stalled ~= nil and found.Stalled.status == "True" then
  return { status = "Degraded", message = reason }
end
if found.Reconciling ~= nil and found.Reconciling.status == "True" then
  return { status = "Progressing", message = reason }
end
if ready == nil or ready.status == "Unknown" then
  return health
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message or "" }
end
return { status = "Degraded", message = reason }
