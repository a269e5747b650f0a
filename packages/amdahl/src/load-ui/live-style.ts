/** What the live page adds to the report's style sheets. */
export const liveStyle = `
.controls { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; margin: 1rem 0 0.5rem; }
.controls button, .controls input[type='number'] {
  font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line);
  border-radius: var(--radius); padding: 0.35rem 0.9rem;
}
.controls button:not(:disabled) { cursor: pointer; }
.controls button:disabled { opacity: 0.45; }
.controls #start:not(:disabled) { background: var(--accent); border-color: var(--accent); color: var(--page); }
.controls .users { display: flex; flex: 1 1 16rem; gap: 0.6rem; align-items: center; }
.controls input[type='range'] { flex: 1; min-width: 6rem; accent-color: var(--accent); }
.controls input[type='number'] { width: 7rem; }
.live-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr)); gap: 1rem; }
.live-figures dt { color: var(--quiet); }
.live-figures dd { font-size: 1.6rem; font-weight: 600; }
`;
