package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"aside"
	"aside/config"
	"aside/store"
)

// stateFolder looks at the folder of database and keys, and who may read it.
func (k checker) stateFolder() []finding {
	dir := k.conf.StateDir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		parent := existingParent(dir)
		err := writable(parent)
		if store.Full(err) {
			return []finding{{"state", broken, fmt.Sprintf("%s is not there and cannot be made: %v", dir, err), makeRoom}}
		}
		if err != nil {
			return []finding{{"state", broken, fmt.Sprintf("%s is not there and cannot be made: %v", dir, err), "make it, and give it to the user that runs aside: install -d -m 700 -o aside " + dir}}
		}
		return []finding{{"state", fine, dir + " will be made on the first start", ""}}
	case err != nil:
		return []finding{{"state", broken, err.Error(), "run this as the user that runs aside"}}
	case !info.IsDir():
		return []finding{{"state", broken, dir + " is not a folder", "set state_dir to a folder"}}
	}
	err = writable(dir)
	if store.Full(err) {
		return []finding{{"state", broken, fmt.Sprintf("%s has no room for a mail: %v", dir, err), makeRoom}}
	}
	if err != nil {
		return []finding{{"state", broken, fmt.Sprintf("%s cannot be written to: %v", dir, err), "give it to the user that runs aside, or run this as that user"}}
	}
	found := []finding{{"state", fine, dir + " can be written to", ""}}
	switch mode := info.Mode().Perm(); {
	case mode&0o002 != 0:
		found[0] = finding{"state", broken, fmt.Sprintf("anybody on this machine can write to %s (mode %04o); the daemon does not start", dir, mode), "chmod 700 " + dir}
	case mode&0o077 != 0:
		found[0] = finding{"state", warning, fmt.Sprintf("%s is open to other users (mode %04o)", dir, info.Mode().Perm()), "chmod 700 " + dir}
	}
	return found
}

// existingParent is the nearest folder above that is there.
func existingParent(dir string) string {
	for {
		parent := filepath.Dir(dir)
		if _, err := os.Stat(parent); err == nil || parent == dir {
			return parent
		}
		dir = parent
	}
}

// makeRoom is what to do about a full disk.
const makeRoom = "make room on its disk, or move it to a larger one: until then mail is answered 451 and comes again"

// triedOctets is how much is written to see whether there is room: a large mail.
const triedOctets = 1 << 20

// writable tries it, because modes do not tell of read-only mounts and quotas.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".aside-check-")
	if err != nil {
		return err
	}
	_, err = f.Write(bytes.Repeat([]byte("written by aside check\n"), triedOctets/23))
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}

// database looks at the schema without bringing it up, and holds the keys
// against those that the database was used with.
func (k checker) database(ctx context.Context) []finding {
	if k.conf.Store.Driver == config.DriverPostgres {
		return k.postgres(ctx)
	}
	path := filepath.Join(k.conf.StateDir, databaseName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return []finding{{"database", fine, path + " will be made on the first start", ""}}
	}
	have, newest, err := store.Schema(ctx, store.Options{Path: path})
	switch {
	case errors.Is(err, store.ErrOtherSchema):
		return []finding{{"database", broken, err.Error(), "stop aside, and move " + k.conf.StateDir + " away: the next start makes a new one"}}
	case err != nil:
		return []finding{{"database", broken, err.Error(), "run this as the user that runs aside; if the file is damaged, restore the latest backup"}}
	case have > newest:
		return []finding{{"database", broken, fmt.Sprintf("%s has schema %d, and this aside knows %d", path, have, newest), "install the aside that wrote it, or a newer one"}}
	case have < newest:
		return []finding{{"database", warning, fmt.Sprintf("%s has schema %d; the next start brings it to %d", path, have, newest), "run aside backup with the old version before"}}
	}
	found := []finding{{"database", fine, fmt.Sprintf("%s has the newest schema, %d", path, have), ""}}
	return append(found, k.contents(ctx)...)
}

// postgres looks at a PostgreSQL database in the same way.
func (k checker) postgres(ctx context.Context) []finding {
	have, newest, err := store.Schema(ctx, storeOptions(k.conf, nil))
	switch {
	case errors.Is(err, store.ErrNoSchema):
		return []finding{{"database", fine, "PostgreSQL answers; the tables will be made on the first start", ""}}
	case errors.Is(err, store.ErrOtherSchema):
		return []finding{{"database", broken, err.Error(), "name an empty database in store.dsn: the next start makes its tables"}}
	case err != nil:
		return []finding{{"database", broken, err.Error(), "look at store.dsn, and whether PostgreSQL runs and lets aside in (pg_hba.conf): psql with the same address says more"}}
	case have > newest:
		return []finding{{"database", broken, fmt.Sprintf("the database has schema %d, and this aside knows %d", have, newest), "install the aside that wrote it, or a newer one"}}
	case have < newest:
		return []finding{{"database", warning, fmt.Sprintf("the database has schema %d; the next start brings it to %d", have, newest), "run pg_dump before, and stop all daemons with the old version"}}
	}
	found := []finding{{"database", fine, fmt.Sprintf("PostgreSQL has the newest schema, %d", have), ""}}
	return append(found, k.contents(ctx)...)
}

// contents looks at what the database says of keys, desks and agents.
func (k checker) contents(ctx context.Context) []finding {
	s, err := existingStore(ctx, k.conf)
	if err != nil {
		return []finding{{"database", broken, err.Error(), "run this as the user that runs aside"}}
	}
	var known knownKeys
	var desks, assignees map[string]int
	err = s.View(ctx, func(tx *store.Tx) (err error) {
		if known, err = readKnown(tx); err != nil {
			return err
		}
		desks, assignees, err = tx.OpenTickets()
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		return []finding{{"database", broken, err.Error(), "restore the latest backup if the file is damaged"}}
	}
	return append(append(k.desksGone(desks), k.agentsGone(assignees)...), k.keys(known))
}

// desksGone tells of open tickets at desks that the config has no more.
func (k checker) desksGone(open map[string]int) (found []finding) {
	for _, address := range slices.Sorted(maps.Keys(open)) {
		if k.conf.Directory.Desk(address) != nil {
			continue
		}
		found = append(found, finding{"database", warning, fmt.Sprintf("open tickets at %s, which the config has no more: %d; answers to them leave in the name of %s", address, open[address], k.conf.Directory.Desks[0].Address),
			"close them, or give the desk its address back until they are closed"})
	}
	return found
}

// agentsGone tells of open tickets of agents that the config has no more, or by
// another handle.
func (k checker) agentsGone(open map[string]int) (found []finding) {
	for _, handle := range slices.Sorted(maps.Keys(open)) {
		if k.conf.Directory.AgentByHandle(handle) != nil {
			continue
		}
		found = append(found, finding{"database", warning, fmt.Sprintf("open tickets of %s, who is no agent in the config: %d", handle, open[handle]),
			"aside ticket list --assignee " + handle + " names them; have an agent write /take, or /assign with a colleague's handle, to each"})
	}
	return found
}

// keys holds the files of keys against what the database remembers of them.
func (k checker) keys(known knownKeys) finding {
	folder := filepath.Join(k.conf.StateDir, keysFolder)
	restore := "restore " + folder + " from the backup"
	files, err := readKeys(k.conf.StateDir)
	switch {
	case err != nil:
		return finding{"keys", broken, err.Error(), "let " + folder + " and what is in it belong to the user that runs aside, mode 700 and 600"}
	case len(files) == 0 && len(known.fingerprints) == 0:
		return finding{"keys", fine, "a key will be made on the first start", ""}
	case len(files) == 0:
		return finding{"keys", broken, errNoKeys(k.conf.StateDir).Error(), restore}
	}
	if err := known.complete(files); err != nil {
		return finding{"keys", broken, err.Error(), restore}
	}
	signs := known.signs(files)
	if signs < len(files)-1 {
		return finding{"keys", warning, fmt.Sprintf("%s is newer than the key that signs: a rotation did not end", files[len(files)-1].path), "run aside key rotate once more"}
	}
	return finding{"keys", fine, fmt.Sprintf("all %d keys are there; %s signs", len(files), files[signs].path), ""}
}

// soon is when an admin should think of a certificate's renewal: tools that
// renew by themselves do so a month before.
const soon = 14 * 24 * time.Hour

// certificate looks at how long it lasts and whose it is.
func (k checker) certificate() []finding {
	conf, host := k.conf.Server.TLS, k.conf.Server.Hostname
	if conf == nil || len(conf.Certificates) == 0 {
		for _, addr := range k.conf.Server.SMTP {
			if !aside.Loopback(addr) {
				return []finding{{"tls", warning, "mail on " + addr + " comes in without encryption", "give cert and key in [server.tls]"}}
			}
		}
		return nil
	}
	cert := conf.Certificates[0].Leaf
	if cert == nil {
		var err error
		if cert, err = x509.ParseCertificate(conf.Certificates[0].Certificate[0]); err != nil {
			return []finding{{"tls", broken, "the certificate cannot be read: " + err.Error(), "give the certificate in PEM in [server.tls]"}}
		}
	}
	day := cert.NotAfter.UTC().Format("2006-01-02")
	found := finding{"tls", fine, "the certificate lasts until " + day, ""}
	switch {
	case k.now.After(cert.NotAfter):
		found = finding{"tls", broken, "the certificate expired on " + day, "renew it, then reload aside"}
	case k.now.Before(cert.NotBefore):
		found = finding{"tls", broken, "the certificate is not valid before " + cert.NotBefore.UTC().Format("2006-01-02"), "check the machine's clock"}
	case cert.NotAfter.Sub(k.now) < soon:
		found = finding{"tls", warning, "the certificate expires on " + day, "renew it"}
	}
	if err := cert.VerifyHostname(host); err != nil {
		return []finding{found, {"tls", warning, "the certificate is not for " + host + ": " + err.Error(), "get one for that name, or set server.hostname to the name in it"}}
	}
	return []finding{found}
}
