/** How long each tool drives each server. */
export const durationSeconds = 20;
