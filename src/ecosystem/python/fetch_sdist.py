"""Saves a source distribution without running anything of it.

python -c PROGRAM NAME VERSION FOLDER; an empty VERSION asks for the newest. pip finds the archive by its own
settings (indexes, logins, proxies, certificates), and is not let near its contents.
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
    from pip._vendor.packaging.specifiers import SpecifierSet
except ImportError as error:
    sys.exit(f"pip is missing, or of a version that can't be asked: {error}")

NAME, VERSION, FOLDER = sys.argv[1:]

command = create_command("download")
with command.main_context():
    options, _ = command.parse_args(["--no-deps", "--no-binary", ":all:", "--quiet", NAME])
    try:
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session, ignore_requires_python=True)
    except (AttributeError, TypeError) as error:
        sys.exit(f"pip {pip_version} can't be asked: {error}")
    # As pip does: a prerelease only where it is asked for.
    specifier = SpecifierSet(f"=={VERSION}" if VERSION else "")
    found = finder.find_best_candidate(NAME, specifier=specifier)
    candidate = found.best_candidate
    if candidate is None:
        sys.exit(f"no source distribution of {NAME} {VERSION or 'at all'} is in the indexes that pip asks")
    link = candidate.link

    name = link.filename
    if not name.endswith((".tar.gz", ".zip", ".tgz", ".tar.bz2")) or os.path.basename(name) != name:
        sys.exit(f"{name} is no source distribution")
    if link.is_file:
        with open(link.file_path, "rb") as file:
            data = file.read()
    else:
        # Without the fragment, which holds the digest; and the bytes as they are, not unpacked on the way.
        answer = session.get(link.url_without_fragment, headers={"Accept-Encoding": "identity"})
        answer.raise_for_status()
        data = answer.content
    if link.hash_name and hashlib.new(link.hash_name, data).hexdigest() != link.hash:
        sys.exit(f"{name} has another digest than the index says")
    with open(os.path.join(FOLDER, name), "xb") as file:
        file.write(data)
