{{- define "certmerge.labels" -}}
app.kubernetes.io/name: certmerge-operator
{{- end }}

{{- define "certmerge.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{- define "certmerge.subjects" -}}
- kind: ServiceAccount
  name: {{ .Values.serviceAccount.name }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{/* What the operator needs where it works. */}}
{{- define "certmerge.rules" -}}
- apiGroups: ["certmerge.lecentre.net"]
  resources: ["certmerges"]
  verbs: ["list", "watch", "patch"]
- apiGroups: ["certmerge.lecentre.net"]
  resources: ["certmerges/status"]
  verbs: ["patch"]
- apiGroups: [""]
  resources: ["secrets"]
  verbs: ["get", "list", "watch", "create", "patch", "delete"]
{{- if not .Values.namespaces }}
- apiGroups: [""]
  resources: ["namespaces"]
  verbs: ["list", "watch"]
{{- end }}
- apiGroups: [""]
  resources: ["events"]
  verbs: ["create"]
{{- if .Values.rbac.referenceGrants }}
- apiGroups: ["gateway.networking.k8s.io"]
  resources: ["referencegrants"]
  verbs: ["list", "watch"]
{{- end }}
{{- end }}
