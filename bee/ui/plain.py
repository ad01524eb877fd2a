"""The plain HTML pages before sign-in: a kilobyte each, readable by password managers and screen readers. Pure."""

from html import escape


def login_page(*, next_path: str, email: str = "", complaint: str | None = None) -> str:
    """Return the sign-in form; after it the browser goes to ``next_path``."""
    return _page(
        "Sign in",
        f"""<h1>Sign in</h1>
<p class="quiet">For staff. Ask an admin for an invitation or a new password.</p>
{_alert(complaint)}<form method="post" action="/login">
<input type="hidden" name="next" value="{escape(next_path)}">
<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus value="{escape(email)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>""",
    )


def join_page(*, token: str, full_name: str, email: str, rules: str, complaint: str | None = None) -> str:
    """Return the form with which the holder of a one-time link chooses a password."""
    return _page(
        "Choose a password",
        f"""<h1>Choose a password</h1>
<p class="quiet">For {escape(full_name)}, {escape(email)}. {escape(rules)}</p>
{_alert(complaint)}<form method="post" action="/join">
<input type="hidden" name="token" value="{escape(token)}">
<input type="hidden" name="username" autocomplete="username" value="{escape(email)}">
<label for="password">New password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required autofocus>
<label for="again">The same again</label>
<input id="again" name="again" type="password" autocomplete="new-password" required>
<button type="submit">Set the password</button>
</form>""",
    )


def notice_page(title: str, sentence: str, *, link: tuple[str, str] | None = None) -> str:
    """Return a page that says one thing and offers one way on: ``link`` is an address and its words."""
    way = f'<a class="button" href="{escape(link[0])}">{escape(link[1])}</a>' if link else ""
    return _page(title, f"<h1>{escape(title)}</h1>\n<p>{escape(sentence)}</p>\n{way}")


def _alert(complaint: str | None) -> str:
    return f'<p role="alert">{escape(complaint)}</p>\n' if complaint else ""


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · BEE</title>
<link rel="icon" href="/gate/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/gate/style.css">
</head>
<body>
<main>
<p class="mark"><img src="/gate/mark.svg" width="32" height="32" alt=""> BEE</p>
{body}
</main>
</body>
</html>
"""
