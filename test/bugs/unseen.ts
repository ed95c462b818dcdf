/** Bugs of the bank that no world can show, each with the reason; other checks of the bank find them. */
export const UNSEEN: Readonly<Record<string, string>> = {}
