module mtchat.example/consumer

go 1.24

require (
	github.com/nats-io/nats.go v1.47.0
	github.com/nats-io/nkeys v0.4.11
)
