#!/bin/sh
# Opens network files with Gephi's importers and says what Gephi has then: ./check.sh [--png PICTURE] FILE...
# Builds at the first call (about 80 MB of Gephi's toolkit) into OPEN_IN_GEPHI_BUILD, or the folder of temporary files.
set -e
here=$(cd "$(dirname "$0")" && pwd)
build=${OPEN_IN_GEPHI_BUILD:-${TMPDIR:-/tmp}/open-in-gephi}
jar=$build/open-in-gephi-1.jar
source=$here/src/main/java/OpenInGephi.java
if [ ! -f "$jar" ] || [ "$source" -nt "$jar" ] || [ "$here/pom.xml" -nt "$jar" ]; then
    mvn -q -B -f "$here/pom.xml" -Dinto="$build" package >&2
fi
exec java -Xmx2g -Djava.awt.headless=true -cp "$jar:$build/lib/*" OpenInGephi "$@"
