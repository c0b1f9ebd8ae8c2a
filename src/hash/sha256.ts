// The package's "imports" pick the Node or the web form.
export { sha256Hex, sha256Stream } from "#sha256";
