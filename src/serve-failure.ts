/** @module What keeps a server or a worker from starting, with the way out, in one line: for whoever starts it. */
export class ServeFailure extends Error {}
