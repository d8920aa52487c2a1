#!/usr/bin/env bash
# Asks the registries for the digests of the versions in deploy/images.env, and writes those that differ. Needs docker with buildx.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

while IFS='=' read -r name image; do
    [[ $name == *_IMAGE ]] || continue
    tag=${image%@*}
    digest=$(docker buildx imagetools inspect "$tag" --format '{{.Manifest.Digest}}')
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "images.sh: the registry gave no digest for $tag" >&2; exit 1; }
    [[ $image == "$tag@$digest" ]] || echo "$name: $tag is $digest now"
    sed -i "s|^$name=.*|$name=$tag@$digest|" images.env
done < <(cat images.env)
