{{/* Which secrets there are, and where each stands. */}}

{{/* The Secret of the operator, by either spelling. */}}
{{- define "mtchat.existingSecret" -}}
{{- .Values.existingSecret | default .Values.secret.existingSecret -}}
{{- end -}}

{{- define "mtchat.secretName" -}}
{{- include "mtchat.existingSecret" . | default (include "mtchat.fullname" .) -}}
{{- end -}}

{{/*
What `secret` says, by the names of the variables, as JSON: the other spellings are resolved, what is empty is left out.
*/}}
{{- define "mtchat.givenSecrets" -}}
{{- $said := .Values.secret -}}
{{- $others := dict
  "DATABASE_URL" $said.databaseUrl "NATS_URL" $said.natsUrl "REDIS_URL" $said.redisUrl
  "JWT_SECRET" $said.jwtSecret "JWT_SECRETS" $said.jwtSecrets "ADMIN_API_TOKEN" $said.adminApiToken
  "WEBHOOK_SECRET" ($said.webhookSecret | default .Values.webhooks.secret) "WEBHOOK_SECRETS" $said.webhookSecrets
  "S3_ACCESS_KEY_ID" $said.s3AccessKeyId "S3_SECRET_ACCESS_KEY" $said.s3SecretAccessKey
  "SENTRY_DSN" ($said.sentryDsn | default .Values.sentry.dsn) -}}
{{- $found := dict -}}
{{- range $name, $other := $others -}}
{{- with get $said $name | default $other -}}{{- $_ := set $found $name (toString .) -}}{{- end -}}
{{- end -}}
{{- range $name, $value := $said -}}
{{- if and $value (regexMatch "^[A-Z][A-Z0-9_]*$" $name) -}}{{- $_ := set $found $name (toString $value) -}}{{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/*
A secret that `secret.generate` makes: a dict with `root`, `secret` (the name of the Secret) and `key`. What the cluster holds already
stays as it is. The same within one rendering, however often it is asked for.
*/}}
{{- define "mtchat.generated" -}}
{{- $made := get .root.Values "madeSecrets" | default dict -}}
{{- $place := printf "%s/%s" .secret .key -}}
{{- if not (hasKey $made $place) -}}
{{- $kept := lookup "v1" "Secret" .root.Release.Namespace .secret -}}
{{- $value := get (get ($kept | default dict) "data" | default dict) .key -}}
{{- $_ := set $made $place (ternary (b64dec ($value | default "")) (randAlphaNum 48) (not (empty $value))) -}}
{{- $_ := set .root.Values "madeSecrets" $made -}}
{{- end -}}
{{- get $made $place -}}
{{- end -}}

{{/* The value that was given, else one that is made where that is wanted, else nothing: as above, with `given`. */}}
{{- define "mtchat.givenOrMade" -}}
{{- if .given -}}
{{- .given -}}
{{- else if .root.Values.secret.generate -}}
{{- include "mtchat.generated" . -}}
{{- end -}}
{{- end -}}

{{/* Everything that stands in the chart's own Secret, as JSON. */}}
{{- define "mtchat.ownSecrets" -}}
{{- $all := include "mtchat.givenSecrets" . | fromJson -}}
{{- if .Values.secret.generate -}}
{{- $name := include "mtchat.fullname" . -}}
{{- if and .Values.jwt.enabled (not (or $all.JWT_SECRET $all.JWT_SECRETS .Values.jwt.jwksUrl)) -}}
{{- $_ := set $all "JWT_SECRET" (include "mtchat.generated" (dict "root" . "secret" $name "key" "JWT_SECRET")) -}}
{{- end -}}
{{- if not $all.ADMIN_API_TOKEN -}}
{{- $_ := set $all "ADMIN_API_TOKEN" (include "mtchat.generated" (dict "root" . "secret" $name "key" "ADMIN_API_TOKEN")) -}}
{{- end -}}
{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{- define "mtchat.postgresPassword" -}}
{{- $given := .Values.postgresql.auth.password | default .Values.postgresqlPassword -}}
{{- include "mtchat.givenOrMade" (dict "root" . "given" $given "secret" (include "mtchat.componentName" (dict "root" . "component" "postgresql")) "key" "password") -}}
{{- end -}}

{{- define "mtchat.natsPassword" -}}
{{- include "mtchat.givenOrMade" (dict "root" . "given" .Values.nats.auth.password "secret" (include "mtchat.componentName" (dict "root" . "component" "nats")) "key" "password") -}}
{{- end -}}

{{- define "mtchat.natsRoutePassword" -}}
{{- include "mtchat.givenOrMade" (dict "root" . "given" .Values.nats.auth.routePassword "secret" (include "mtchat.componentName" (dict "root" . "component" "nats")) "key" "route-password") -}}
{{- end -}}

{{- define "mtchat.minioPassword" -}}
{{- include "mtchat.givenOrMade" (dict "root" . "given" .Values.minio.rootPassword "secret" (include "mtchat.componentName" (dict "root" . "component" "minio")) "key" "rootPassword") -}}
{{- end -}}

{{/* In an address a password stands percent-encoded. */}}
{{- define "mtchat.inAddress" -}}
{{- . | urlquery | replace "+" "%20" -}}
{{- end -}}

{{/* `yes` when the address of Postgres is put together by the chart, not given as DATABASE_URL. */}}
{{- define "mtchat.composesDatabaseUrl" -}}
{{- if and (not (get (include "mtchat.givenSecrets" . | fromJson) "DATABASE_URL")) (or .Values.postgresql.enabled .Values.postgresql.external.host) -}}yes{{- end -}}
{{- end -}}

{{- define "mtchat.postgresSecretName" -}}
{{- .Values.postgresql.auth.existingSecret | default (include "mtchat.componentName" (dict "root" . "component" "postgresql")) -}}
{{- end -}}

{{/* `yes` when the address of NATS is put together by the chart. */}}
{{- define "mtchat.composesNatsUrl" -}}
{{- if and (not (get (include "mtchat.givenSecrets" . | fromJson) "NATS_URL")) (or .Values.nats.enabled .Values.nats.external.servers) -}}yes{{- end -}}
{{- end -}}

{{- define "mtchat.natsSecretName" -}}
{{- .Values.nats.auth.existingSecret | default (include "mtchat.componentName" (dict "root" . "component" "nats")) -}}
{{- end -}}

{{/* `yes` when a NATS of the operator's is named without name and password. */}}
{{- define "mtchat.natsIsOpen" -}}
{{- if and (not .Values.nats.enabled) (not .Values.nats.external.username) -}}yes{{- end -}}
{{- end -}}

{{- define "mtchat.minioSecretName" -}}
{{- .Values.minio.existingSecret | default (include "mtchat.componentName" (dict "root" . "component" "minio")) -}}
{{- end -}}

{{/* The mode of migrations, `auto` resolved. */}}
{{- define "mtchat.migrations" -}}
{{- if ne .Values.migrations.mode "auto" -}}
{{- .Values.migrations.mode -}}
{{- else -}}
{{- ternary "start" "hook" .Values.postgresql.enabled -}}
{{- end -}}
{{- end -}}
