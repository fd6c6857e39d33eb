/** How `npm start` runs Node: variables, and arguments before the script. */
export const serverNode: { readonly env: Readonly<Record<string, string>>; readonly args: readonly string[] };
