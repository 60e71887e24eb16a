package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"aside/config"
	"aside/desk"
	"aside/mailin"
	"aside/mailin/verify"
	"aside/mailout"
	"aside/store"
	"aside/templates"
	"aside/threading"

	"aside"
)

// configFlag is what every command that needs the config has.
type configFlag struct {
	Config string `required:"" placeholder:"FILE" help:"The config file, such as /etc/aside/aside.toml."`
}

// What stands in the state folder beside keys and spool.
const (
	databaseName = "aside.db"
	lockName     = "aside.lock" // which daemon works there
)

// storeOptions say where the database of a config is.
func storeOptions(c *config.Config, log *slog.Logger) store.Options {
	o := store.Options{Now: time.Now, Log: log, Daemon: daemonName(c)}
	if c.Store.Driver == config.DriverPostgres {
		o.DSN = c.Store.DSN
	} else {
		o.Path = filepath.Join(c.StateDir, databaseName)
	}
	return o
}

// existingStore opens the database that a daemon made; a command must not make
// an empty one by a wrong path.
func existingStore(ctx context.Context, c *config.Config) (*store.Store, error) {
	o := storeOptions(c, slog.New(slog.DiscardHandler))
	if o.DSN != "" {
		_, _, err := store.Schema(ctx, o)
		if errors.Is(err, store.ErrNoSchema) {
			return nil, fmt.Errorf("%w: was the daemon ever started with this config?", err)
		}
		if err != nil {
			return nil, err
		}
	} else if _, err := os.Stat(o.Path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no database at %s: was the daemon ever started with this config?", o.Path)
	}
	s, err := store.Open(ctx, o)
	if errors.Is(err, fs.ErrPermission) {
		err = fmt.Errorf("%w: run this as the user that runs aside, or as root", err)
	}
	return s, err
}

// spoolDir is where large mails wait while they are taken.
func spoolDir(c *config.Config) string { return filepath.Join(c.StateDir, "spool") }

// settings are what the desk takes of a config.
func settings(c *config.Config) (desk.Settings, error) {
	set, err := templates.Load(c.TemplatesDir)
	if err != nil {
		return desk.Settings{}, err
	}
	fields := map[string][]string{}
	for _, f := range c.Fields {
		fields[f.Name] = f.Values
	}
	return desk.Settings{Directory: c.Directory, Templates: set, ReopenFor: c.ReopenFor, SendDelay: c.Outbound.SendDelay, Fields: fields,
		Trust: threading.Trust(c.Trust.Agents)}, nil
}

// trusted are what verification takes of a config.
func trusted(c *config.Config) verify.Settings {
	out := verify.Settings{Networks: c.Trust.Networks, AuthservIDs: c.Trust.AuthservIDs}
	if c.Trust.Resolver != config.ResolverNone {
		out.Resolver = verify.NewResolver(c.Trust.Resolver)
	}
	return out
}

// newTransport is the way out that the config names.
func newTransport(c *config.Config) (mailout.Transport, error) {
	r := c.Outbound.Relay
	if r.Scheme == config.RelayMaildir {
		return mailout.NewTransport("maildir:"+r.Path, "", "", c.Server.Hostname)
	}
	return mailout.NewTransport(r.Scheme+"://"+r.Addr, r.User, r.Password, c.Server.Hostname)
}

// way is the way out that is in force: a reload may put another in its place
// while mail is on its way by the one before.
type way struct {
	now atomic.Pointer[mailout.Transport]
}

// set puts another transport in force; the one before is closed.
func (w *way) set(t mailout.Transport) error {
	if before := w.now.Swap(&t); before != nil {
		return (*before).Close()
	}
	return nil
}

// Deliver implements mailout.Transport.
func (w *way) Deliver(ctx context.Context, e mailout.Envelope, write func(io.Writer) error) (mailout.Answer, error) {
	return (*w.now.Load()).Deliver(ctx, e, write)
}

// Close implements mailout.Transport.
func (w *way) Close() error { return (*w.now.Load()).Close() }

// signingKeys are the DKIM keys of a config.
func signingKeys(c *config.Config) []mailout.Key {
	var keys []mailout.Key
	for _, d := range c.Outbound.DKIM {
		keys = append(keys, mailout.Key{Domain: d.Domain, Selector: d.Selector, Signer: d.Key})
	}
	return keys
}

// sender is the queue, wired to the store and to the desk.
func sender(s *store.Store, d *desk.Service, out *way, sign *mailout.Signer, log *slog.Logger) *mailout.Sender {
	return &mailout.Sender{
		Claim: func(ctx context.Context, now time.Time, lease time.Duration, n int) (out []aside.Outgoing, notices []aside.Notice, err error) {
			var due time.Time
			err = s.View(ctx, func(tx *store.Tx) error { due, err = tx.NextDue(); return err })
			if err != nil || due.IsZero() || due.After(now) {
				return nil, nil, err // nothing to do, and no place taken in the writer's line
			}
			return d.Claim(ctx, lease, n)
		},
		Free: func(ctx context.Context, keep []mailout.Ref) error {
			var deliveries, notices []int64
			for _, r := range keep {
				deliveries, notices = append(deliveries, r.Delivery), append(notices, r.Notice)
			}
			return s.Update(ctx, func(tx *store.Tx) error { return tx.ReleaseOthers(deliveries, notices) })
		},
		Renew: func(ctx context.Context, ref mailout.Ref, until time.Time) error {
			return s.Update(ctx, func(tx *store.Tx) error {
				held, err := tx.Renew(ref.Delivery, ref.Notice, ref.Claim, until)
				if err == nil && !held {
					err = mailout.ErrLeaseLost
				}
				return err
			})
		},
		Finish: func(ctx context.Context, rs []mailout.Result) ([]mailout.Ref, error) { return finish(ctx, s, d, rs) },
		NextDue: func(ctx context.Context) (at time.Time, err error) {
			err = s.View(ctx, func(tx *store.Tx) error { at, err = tx.NextDue(); return err })
			return at, err
		},
		Hurried: func(ctx context.Context) (at time.Time, err error) {
			err = s.View(ctx, func(tx *store.Tx) error { at, err = hurried(tx); return err })
			return at, err
		},
		Wake:     s.Queued(),
		Identify: d.Identify, IdentifyNotice: d.IdentifyNotice,
		Body: d.Body, NoticeBody: d.NoticeBody, Open: s.OpenBlob,
		Transport: out, Sign: sign, Log: log, Now: time.Now,
	}
}

// hurry has what waits tried at once, though the relay was to rest: an admin has
// mended it.
func hurry(tx *store.Tx) error { return tx.SetMeta("hurried", tx.Now().UTC().Format(time.RFC3339Nano)) }

// hurried is when hurry was called last; zero for never.
func hurried(tx *store.Tx) (time.Time, error) {
	at, err := tx.Meta("hurried")
	if err != nil || at == "" {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339Nano, at)
}

// finish records attempts together with what the agents are told of them, and
// says of which the claim had ended.
func finish(ctx context.Context, s *store.Store, d *desk.Service, results []mailout.Result) (lost []mailout.Ref, err error) {
	err = s.Update(ctx, func(tx *store.Tx) error {
		lost = nil
		for _, r := range results {
			err := tx.FinishAttempt(store.Attempt{Delivery: r.Delivery, Notice: r.Notice, Claim: r.Claim, State: r.State, Next: r.Next, Code: r.Code, Detail: r.Detail, Untried: r.Untried})
			if errors.Is(err, store.ErrClaimLost) {
				lost = append(lost, r.Ref)
				continue
			}
			if err == nil && r.Tell != mailout.TellNothing {
				t := desk.Trouble{Delivery: r.Delivery, Notice: r.Notice, To: r.To, Delayed: r.Tell == mailout.TellDelayed, Refused: r.Code >= 500, Detail: r.Detail}
				tell := d.Undelivered
				if r.Notice != 0 {
					tell = d.Unreached
				}
				err = tell(tx, t)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return lost, err
}

// receiver is the SMTP side, wired to the store and to the desk.
func receiver(c *config.Config, current func() *config.Config, s *store.Store, d *desk.Service, v *verify.Verifier, keys *keeper, log *slog.Logger) *mailin.Server {
	return &mailin.Server{
		Settings: func() mailin.Settings {
			c := current().Server
			return mailin.Settings{Hostname: c.Hostname, MaxMessage: c.MaxMessage, TLS: c.TLS,
				Limits: mailin.Limits{Connections: c.Limits.Connections, PerIP: c.Limits.PerIP, PerSender: c.Limits.PerSender, Recipients: c.Limits.Recipients}}
		},
		Recipient: d.IsOurs,
		Verify:    v.Check,
		Receive: func(ctx context.Context, in *aside.Inbound) (string, error) {
			if err := keys.current(ctx); err != nil {
				log.Error("the keys were not read again; the ones before stay in force", "err", err)
				return "", err
			}
			id, err := d.Receive(ctx, in)
			var later *desk.Later
			if errors.As(err, &later) {
				return "", &mailin.Refusal{Code: 451, Enhanced: "4.7.5", Text: later.Text} // RFC 6376 section 6.3
			}
			return id, err
		},
		SpoolDir: spoolDir(c),
		KeepRaw:  s.KeepStream,
		KeepPart: func(ctx context.Context, r io.Reader) (aside.Content, error) {
			return s.Keep(ctx, r)
		},
		Log: log, Now: time.Now}
}
