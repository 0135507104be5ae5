// The branches of the tree of blocks. Branch 0 is the best chain at the end of the run. Where a stale
// branch forks, the child with the longest branch above it continues the branch of its parent.

// Returns two maps from stale blocks. last has the top of the longest branch above the block, and the length of
// that branch. next has the child that continues the block's branch.
export function continuations(blocks) {
  const stale = blocks.filter((b) => !b.active);
  const last = new Map(stale.map((b) => [b.id, { id: b.id, length: 1 }]));
  const next = new Map();
  for (const b of [...stale].reverse()) {
    const above = last.get(b.parent);
    if (above && last.get(b.id).length >= above.length) {
      last.set(b.parent, { id: last.get(b.id).id, length: last.get(b.id).length + 1 });
      next.set(b.parent, b.id);
    }
  }
  return { last, next };
}

// Returns the branch of each block (branchOf) and the row of each branch (rowOf). Two branches share a row if a
// height lies between them.
export function branches(blocks) {
  const { next } = continuations(blocks);
  const branchOf = new Map();
  const spans = [{ from: 0, to: Infinity }];
  for (const b of blocks) {
    if (b.active) branchOf.set(b.id, 0);
    else if (next.get(b.parent) === b.id && branchOf.has(b.parent)) {
      const branch = branchOf.get(b.parent);
      branchOf.set(b.id, branch);
      spans[branch].to = b.height;
    } else {
      branchOf.set(b.id, spans.length);
      spans.push({ from: b.height, to: b.height });
    }
  }
  const busy = []; // by row: spans
  const rowOf = spans.map((span) => {
    let row = 0;
    while (busy[row] && busy[row].some((other) => other.from <= span.to + 1 && span.from <= other.to + 1)) row += 1;
    (busy[row] ||= []).push(span);
    return row;
  });
  return { branchOf, rowOf };
}
