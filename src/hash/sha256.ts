// The package's "imports" pick the Node or the web form.
export { sha256Hex } from "#sha256";
