/** @module The process of a review that takes more and more memory, for tests. */
process.on('disconnect', () => process.exit(1));
process.on('message', () => {
  const taken: Buffer[] = [];
  setInterval(() => taken.push(Buffer.alloc(16 * 1024 * 1024, 1)), 1);
});
