export { type ErrorDetails, isRegraftError, RegraftError } from "./contracts/error.js";
