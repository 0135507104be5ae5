// How many rows of a table the page has at most, by the SQL of analysis/report_part.c.
export const LIMITS = { messages: 4000, shifts: 30000, connections: 10000, sides: 10000, down: 10000, faults: 1000, pools: 20000 };
