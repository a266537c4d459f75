#!/bin/bash
# Builds the Dockerfile on a Debian machine where no container engine runs and no image registry is reached.
# A debootstrap system with this project's own Node 24 and the machine's npm stands in for the base image, under its name.
# Needs root, buildah, debootstrap and an `npm ci` done before; usage: scripts/build-image-without-engine.sh [image tag]
set -euo pipefail
cd "$(dirname "$0")/.."

tag=${1:-judicial-assistance:local}
base=$(sed -n 's/^ARG NODE_IMAGE=//p' Dockerfile)
arch=$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
node=node_modules/node-linux-$arch/bin/node

for tool in buildah debootstrap npm; do
  command -v "$tool" > /dev/null || { echo "$tool is missing: apt-get install buildah debootstrap, and Node with npm" >&2; exit 1; }
done
[ -x "$node" ] || { echo "$node is missing: run npm ci first" >&2; exit 1; }

# Overlay where the kernel gives it; vfs works everywhere, at the price of a full copy per step.
store=()
buildah info > /dev/null 2>&1 || store=(--storage-driver vfs)
bah() { buildah "${store[@]}" "$@"; }

make_base() {
  local root
  root=$(mktemp -d)
  trap "rm -rf '$root'" EXIT
  chmod 0755 "$root"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" > "$root.log" 2>&1 \
    || { tail -n 20 "$root.log" >&2; exit 1; }
  rm -rf "$root.log" "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  install -m 0755 "$node" "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules" "$root/usr/local/etc"
  # Where npm lies, not what it says of its globals: that depends on the Node that happens to run it.
  cp -a "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  # The machine's trust store, so that npm in the build trusts what npm outside trusts.
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  echo 'cafile=/etc/ssl/certs/ca-certificates.crt' > "$root/usr/local/etc/npmrc"

  local container
  container=$(bah from scratch)
  bah add --quiet "$container" "$root" / > /dev/null
  bah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --cmd '["node"]' "$container"
  bah commit --quiet --format docker --rm "$container" "$base" > /dev/null
}

if bah inspect --type image "$base" > /dev/null 2>&1; then
  echo "base: $base is here already"
else
  echo "base: making $base with debootstrap"
  make_base
fi
bah bud --isolation chroot --format docker --pull-never --layers --tag "$tag" .
bah images "$tag"
