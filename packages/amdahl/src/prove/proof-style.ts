/** What the page of a proof adds to the report's style sheets. */
export const proofStyle = `
.masthead h1.faster { color: var(--good); }
.masthead h1.slower { color: var(--poor); }
.masthead h1.not-enough-data { color: var(--acceptable); }
.proof-figure { margin-top: 1.25rem; max-width: 52rem; overflow-x: auto; }
.proof-figure figcaption { color: var(--quiet); font-size: 0.87rem; margin-top: 0.4rem; }
.proof-plot { width: 100%; min-width: 34rem; height: auto; display: block; }
.proof-plot text { fill: var(--quiet); font-size: 12px; }
.proof-plot .axis { stroke: var(--quiet); }
.proof-plot .margin { fill: var(--accent-soft); }
.proof-plot .interval { stroke: currentColor; stroke-width: 2; }
.proof-plot g { color: var(--accent); }
.proof-plot g.faster { color: var(--good); }
.proof-plot g.slower { color: var(--poor); }
.proof-plot g.not-enough-data { color: var(--acceptable); }
.proof-plot g circle { fill: currentColor; }
.proof-plot circle.a { fill: var(--page); stroke: var(--accent); stroke-width: 2; }
.proof-plot circle.b { fill: var(--accent); }
.proof-plot circle.void { opacity: 0.3; }
`;
