// The reader's choices in the fragment of the address, so that a link opens what was seen:
// #t=1200.65 or #intervals=bars.

const choices = () => new URLSearchParams(window.location.hash.slice(1));

// The choice of that name; null: the address has none.
export const choiceOf = (name) => choices().get(name);

export function keepChoice(name, value) {
  const all = [...choices()].filter(([other, text]) => other !== name && text !== '');
  window.history.replaceState(null, '', `#${new URLSearchParams([...all, [name, value]])}`);
}
