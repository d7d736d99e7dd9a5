// A service of a host: reads the facts of its app from MTChat's log, in order, and goes on where it stopped.
//
//	go mod tidy
//	NATS_URL=nats://… NATS_NKEY_SEED=SU… NATS_CONSUMER=shop:orders go run .
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/signal"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
)

type fact struct {
	ID     string `json:"id"`
	Dialog string `json:"dialog"`
	Kind   string `json:"kind"`
	Data   struct {
		Content string `json:"content"`
	} `json:"data"`
}

// A fact may come again: after a crash between its effect and its acknowledgement. Its id tells. A real service keeps the ids in the
// database that it changes, in the same transaction.
type handled struct {
	file *os.File
	keys map[string]bool
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	handled, err := open("handled.txt")
	if err != nil {
		return err
	}
	key, err := nkeys.FromSeed([]byte(os.Getenv("NATS_NKEY_SEED")))
	if err != nil {
		return err
	}
	public, err := key.PublicKey()
	if err != nil {
		return err
	}
	connection, err := nats.Connect(os.Getenv("NATS_URL"), nats.Nkey(public, key.Sign), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true))
	if err != nil {
		return err
	}
	defer connection.Close()
	js, err := jetstream.NewWithAPIPrefix(connection, "mtchat.api")
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	consumer, err := js.Consumer(ctx, "MTCHAT_LOG_0", os.Getenv("NATS_CONSUMER"))
	if err != nil {
		return err
	}
	reading, err := consumer.Consume(func(message jetstream.Msg) {
		if err := handled.handle(message.Data()); err != nil {
			log.Printf("not handled, it comes again: %v", err)
			return
		}
		if err := message.Ack(); err != nil {
			log.Printf("not acknowledged, it comes again: %v", err)
		}
	})
	if err != nil {
		return err
	}
	defer reading.Stop()
	<-ctx.Done()
	return nil
}

func open(path string) (*handled, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		keys[lines.Text()] = true
	}
	return &handled{file, keys}, nil
}

func (h *handled) handle(data []byte) error {
	var f fact
	if err := json.Unmarshal(data, &f); err != nil {
		return err
	}
	key := f.Dialog + " " + f.ID
	if h.keys[key] {
		return nil
	}
	fmt.Println(f.Kind, f.ID, f.Data.Content)
	if _, err := fmt.Fprintln(h.file, key); err != nil {
		return err
	}
	h.keys[key] = true
	return nil
}
