package main

import (
	"github.com/offhook/offhook/firmware/config"
	"github.com/offhook/offhook/firmware/phone"
)

// marks know the accounts' logins again after a restart.
func (d *desk) marks(c config.Config) (marks [phone.MaxAccounts]string) {
	key := d.store.Key()
	for i, a := range c.Accounts[:min(len(c.Accounts), len(marks))] {
		marks[i] = a.Mark(key)
	}
	return marks
}

// refused are the statuses with which logins were refused before.
func (d *desk) refused(c config.Config) []int {
	codes := make([]int, phone.MaxAccounts)
	for i, mark := range d.marks(c) {
		if codes[i] = d.store.Refusal(mark); codes[i] != 0 {
			d.print("account", c.Accounts[i].Label+":", "its server has refused the login before; Menu > Log in again tries it")
		}
	}
	return codes
}
