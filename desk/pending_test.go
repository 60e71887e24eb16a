//go:build pending

package desk_test

import ()
