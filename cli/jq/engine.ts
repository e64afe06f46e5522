/** jq itself, with its WebAssembly inside. Far larger than the rest of the command line: only --jq loads it. */
export { loadJq, type Jq } from "jq-wasm/inline";
