"""A mail in words becomes a message: plain text, HTML, attachments, and headers that old programs read too."""

from __future__ import annotations

import email.policy
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from toolkit.mail.attach import Attachment, part
from toolkit.mail.privacy import guard
from toolkit.mail.rendering import Rendered
from toolkit.mail.settings import MailSettings

_POLICY = email.policy.SMTP.clone(refold_source="none")
"""Attachments fold their own headers; :mod:`email` would encode even the MIME type of a workbook, whose line is longer than 78."""


def message(
    settings: MailSettings, recipient: str, rendered: Rendered, attachments: Sequence[Attachment], message_id: str, now: datetime
) -> bytes:  # fmt: skip
    """Return a message to one recipient, in 7-bit lines ended by CR LF.

    Every ID, phone or account number that got into it is masked, but those in ``[mail] contact``.
    """
    rendered = guarded(rendered, settings)
    made = EmailMessage(policy=_POLICY)
    made["From"] = Address(settings.sender_name, addr_spec=settings.sender)
    made["To"] = Address(addr_spec=recipient)
    if settings.reply_to:
        made["Reply-To"] = Address(addr_spec=settings.reply_to)
    made["Subject"] = rendered.subject
    made["Date"] = format_datetime(now)
    made["Message-ID"] = message_id
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(rendered.text, cte="base64")
    made.add_alternative(rendered.html, subtype="html", cte="base64")
    if attachments:
        made.make_mixed()
        for attachment in attachments:
            made.attach(part(attachment))
    return made.as_bytes()


def guarded(rendered: Rendered, settings: MailSettings) -> Rendered:
    """Return a mail with every number masked that must not leave, whatever template let it through."""
    return Rendered(*(guard(words, settings.contact) for words in (rendered.subject, rendered.text, rendered.html)))
