#!/usr/bin/env bash
# Makes the Debian package, then tries it, unpacked beside: target/debian/ holds it at the end.
# It takes minutes, most of them for building cargo-deb where that is not installed.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v dpkg-deb > /dev/null; then
    echo "dpkg-deb is missing. Make the package on a Debian machine." >&2
    exit 1
fi
cargo deb --version > /dev/null 2>&1 || cargo install --locked cargo-deb

target=$(cargo metadata --format-version 1 --no-deps | grep --only-matching '"target_directory":"[^"]*"' | cut -d '"' -f 4)
cargo build --release --locked --package rempart
rempart=$target/release/rempart

made=packaging/made
rm -rf "$made"
mkdir -p "$made"
"$rempart" man "$made/man"
"$rempart" completions bash > "$made/rempart.bash"
"$rempart" completions zsh > "$made/_rempart"
"$rempart" completions fish > "$made/rempart.fish"
"$rempart" config example | cmp - packaging/rempart.toml

mkdir -p "$target/debian"
package=$target/debian/rempart.deb
cargo deb --no-build --package rempart --output "$package"

echo "── the package"
dpkg-deb --field "$package" Package Version Architecture Installed-Size Depends
dpkg-deb --contents "$package"

echo "── tried, unpacked beside"
root=$(mktemp --directory)
trap 'rm -rf "$root"' EXIT
dpkg-deb --extract "$package" "$root"
"$root/usr/bin/rempart" --version
"$root/usr/bin/rempart" config check "$root/etc/rempart/rempart.toml"
for file in \
    usr/lib/systemd/system/rempart.service \
    usr/share/bash-completion/completions/rempart \
    usr/share/zsh/vendor-completions/_rempart \
    usr/share/fish/vendor_completions.d/rempart.fish \
    usr/share/man/man1/rempart-serve.1.gz; do
    test -s "$root/$file" || { echo "$file is not in the package." >&2; exit 1; }
done
if command -v systemd-analyze > /dev/null; then
    # Its own path is none of this machine's.
    sed "s|/usr/bin/rempart|$root/usr/bin/rempart|" packaging/rempart.service > "$root/rempart.service"
    systemd-analyze --man=no verify "$root/rempart.service"
fi
echo "sound: $package"
