{{- define "repo-runner.labels" -}}
app.kubernetes.io/name: repo-runner
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: repo-runner
{{- end }}

{{/* Labels of a part, and the selector for it. */}}
{{- define "repo-runner.partSelector" -}}
app.kubernetes.io/name: repo-runner
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "repo-runner.partLabels" -}}
{{ include "repo-runner.labels" .root }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "repo-runner.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "repo-runner.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "repo-runner.registryPush" -}}
{{- .Values.registry.push | default (printf "registry.%s.svc:5000" .Values.registry.namespace) -}}
{{- end }}

{{- define "repo-runner.registryPull" -}}
{{- .Values.registry.pull | default (printf "localhost:%d" (int .Values.registry.forwarder.hostPort)) -}}
{{- end }}

{{/* Mistakes that only show when pods start are said at once. */}}
{{- define "repo-runner.check" -}}
{{- if and (not .Values.registry.install) (eq .Values.registry.credentials "Gate") -}}
{{- fail "registry.install is false: set registry.credentials to Secret or None, and registry.push and registry.pull to the external registry" -}}
{{- end -}}
{{- if and (not .Values.registry.install) (or (not .Values.registry.push) (not .Values.registry.pull)) -}}
{{- fail "registry.install is false: set registry.push and registry.pull" -}}
{{- end -}}
{{- end }}
