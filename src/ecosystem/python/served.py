"""Saves the file that a package index serves under a name, without running or unpacking anything of it.

python -c PROGRAM NAME FILE FOLDER [PIP'S OPTIONS...]. pip finds the index by its own settings (addresses, logins,
proxies, certificates). Ends with "nothing" on stdout where the index has no such file, with "broken" where the
file has another digest than the index says.
"""

import sys

# Nothing of the project's folder is to be imported.
if sys.path and sys.path[0] == "":
    del sys.path[0]

import hashlib
import os

try:
    from pip import __version__ as pip_version
    from pip._internal.commands import create_command
    from pip._internal.exceptions import NetworkConnectionError
    from pip._internal.index import collector
    from pip._internal.models.link import Link
except ImportError as error:
    sys.exit(f"pip is missing, or of a version that can't be asked: {error}")

NAME, FILE, FOLDER = sys.argv[1:4]
MORE = sys.argv[4:]


def links(session, search):
    """The links to files of this package in all indexes."""
    for address in search.get_index_urls_locations(NAME):
        try:
            page = collector._get_simple_response(Link(address).url, session=session)
        except NetworkConnectionError as error:
            if error.response is not None and error.response.status_code in (404, 410):
                continue
            raise
        yield from collector.parse_links(collector._make_index_content(page))


command = create_command("download")
with command.main_context():
    options, _ = command.parse_args(["--no-deps", "--no-cache-dir", "--quiet", *MORE, NAME])
    try:
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session, ignore_requires_python=True)
        same = [link for link in links(session, finder.search_scope) if link.filename == FILE]
    except (AttributeError, TypeError) as error:
        sys.exit(f"pip {pip_version} can't be asked: {error}")
    except Exception as error:
        sys.exit(f"the index can't be asked: {error}")
    if not same:
        print("nothing")
        sys.exit()
    link = same[0]
    if link.is_file:
        with open(link.file_path, "rb") as file:
            data = file.read()
    else:
        # Without the fragment, which holds the digest; and the bytes as they are, not unpacked on the way.
        answer = session.get(link.url_without_fragment, headers={"Accept-Encoding": "identity"})
        if answer.status_code in (404, 410):
            print("nothing")
            sys.exit()
        answer.raise_for_status()
        data = answer.content
    if link.hash_name and hashlib.new(link.hash_name, data).hexdigest() != link.hash:
        print("broken")
        sys.exit()
    with open(os.path.join(FOLDER, "served"), "xb") as file:
        file.write(data)
