#!/bin/sh
# Installs nianbao from this source tree into a virtual environment: install.sh PREFIX
# The image is made with it, and a machine without containers is set up with it.
set -eu

prefix=${1:?"give the folder to install into, such as /opt/nianbao"}
source=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "nianbao needs Python 3.11 or newer, and '$python' is not: PYTHON=python3.12 $0 $prefix" >&2
  exit 2
}
"$python" -m venv "$prefix"
"$prefix/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
  -c "$source/constraints.txt" "$source[compile,postgresql,ocr,parquet]"
"$prefix/bin/python" -P -m parsers.compiled || true
"$prefix/bin/nianbao" --version
