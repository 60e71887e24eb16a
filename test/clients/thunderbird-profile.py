#!/usr/bin/env python3
"""A Thunderbird profile for the trial: thunderbird-profile.py FOLDER MAILDIR PORT.
One account of dana@example.com that fetches nothing, an SMTP server on
loopback, and the mails of MAILDIR as the folder "Notices" of Local Folders.
HTML=no in the environment makes the composer write plain text, BOTTOM=yes puts
the answer below the quotation."""

import glob
import os
import sys
import time

folder, maildir, port = sys.argv[1:4]
html = "false" if os.environ.get("HTML") == "no" else "true"
top = "0" if os.environ.get("BOTTOM") == "yes" else "1"
local, pop = os.path.join(folder, "Mail/Local Folders"), os.path.join(folder, "Mail/pop")
os.makedirs(local, exist_ok=True)
os.makedirs(pop, exist_ok=True)

prefs = {
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.defaultaccount": "account1",
    "mail.accountmanager.localfoldersserver": "server2",
    "mail.account.account1.server": "server1",
    "mail.account.account1.identities": "id1",
    "mail.account.account2.server": "server2",
    "mail.server.server1.type": "pop3",
    "mail.server.server1.hostname": "127.0.0.1",
    "mail.server.server1.port": 9,
    "mail.server.server1.userName": "dana",
    "mail.server.server1.name": "dana@example.com",
    "mail.server.server1.check_new_mail": False,
    "mail.server.server1.login_at_startup": False,
    "mail.server.server1.directory": os.path.abspath(pop),
    "mail.server.server1.directory-rel": "[ProfD]Mail/pop",
    "mail.server.server2.type": "none",
    "mail.server.server2.hostname": "Local Folders",
    "mail.server.server2.userName": "nobody",
    "mail.server.server2.name": "Local Folders",
    "mail.server.server2.directory": os.path.abspath(local),
    "mail.server.server2.directory-rel": "[ProfD]Mail/Local Folders",
    "mail.identity.id1.fullName": "Dana Reyes",
    "mail.identity.id1.useremail": "dana@example.com",
    "mail.identity.id1.valid": True,
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.fcc_folder": "mailbox://nobody@Local%20Folders/Sent",
    "mail.identity.id1.draft_folder": "mailbox://nobody@Local%20Folders/Drafts",
    "mail.identity.id1.htmlSigText": "Dana Reyes\\nExample GmbH, first floor\\n+49 30 1234",
    "mail.identity.id1.sig_bottom": top != "1",
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.hostname": "127.0.0.1",
    "mail.smtpserver.smtp1.port": int(port),
    "mail.smtpserver.smtp1.authMethod": 1,
    "mail.smtpserver.smtp1.try_ssl": 0,
    "mail.smtpserver.smtp1.username": "",
    "mail.spellcheck.inline": False,
    "mail.warn_on_send_accel_key": False,
    "mail.shell.checkDefaultClient": False,
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.startup.enabledMailCheckOnce": True,
    "mail.chat.enabled": False,
    "mail.openMessageBehavior": 0,
    "mailnews.start_page.enabled": False,
    "mailnews.default_news_sort_order": 1,
    "app.donation.eoy.version.viewed": 999,
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "datareporting.healthreport.uploadEnabled": False,
    "toolkit.telemetry.enabled": False,
    "network.connectivity-service.enabled": False,
    "mail.compose.max_recycled_windows": 0,
    "security.sandbox.content.level": 0,
}
with open(os.path.join(folder, "user.js"), "w") as f:
    for key, value in prefs.items():
        text = str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int) else '"%s"' % value
        f.write('user_pref("%s", %s);\n' % (key, text))
    f.write('user_pref("mail.identity.id1.compose_html", %s);\n' % html)
    f.write('user_pref("mail.identity.id1.reply_on_top", %s);\n' % top)

with open(os.path.join(local, "Notices"), "wb") as out:
    for name in sorted(glob.glob(os.path.join(maildir, "*/*")), key=os.path.getmtime):
        raw = open(name, "rb").read()
        out.write(b"From - " + time.asctime(time.gmtime(os.path.getmtime(name))).encode() + b"\n")
        for line in raw.split(b"\n"):
            out.write((b">" if line.lstrip(b">").startswith(b"From ") else b"") + line + b"\n")
        out.write(b"\n")
