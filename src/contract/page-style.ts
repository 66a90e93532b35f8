/** The page's only style sheet; the page is allowed this one by its hash. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #c9ced6; --soft: #f3f5f8; --ink: #16202e; --quiet: #4a5666;
  --accent: #0b5394; --post: #7a3e00; --paper: #fff }
@media (prefers-color-scheme: dark) { :root { --line: #3b4656; --soft: #1b2430; --ink: #e8edf4; --quiet: #aab6c6;
  --accent: #8ec5ff; --post: #ffc489; --paper: #111822 } }
* { box-sizing: border-box }
html { scroll-behavior: smooth }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto } }
body { margin: 0; color: var(--ink); background: var(--paper); font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere }
a { color: var(--accent) }
.skip { position: absolute; left: -100vw }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem }
.page { display: grid; grid-template: "nav header" auto "nav main" 1fr / 18rem minmax(0, 1fr);
  max-width: 76rem; margin: 0 auto }
header { grid-area: header; padding: 1.5rem 1.5rem 0 }
nav { grid-area: nav; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 1.5rem 1rem;
  border-right: 1px solid var(--line); font-size: .9rem }
nav ul { list-style: none; margin: 0 0 1rem; padding: 0 }
nav li { margin: .3rem 0 }
nav p { margin: 0; font-weight: 600 }
main { grid-area: main; padding: 0 1.5rem 1.5rem }
h1 { line-height: 1.2; margin: 0 0 .5rem }
h2 { margin: 3rem 0 .25rem; border-bottom: 1px solid var(--line) }
h3 { margin: 0; font-size: 1.15rem }
h4 { margin: 1.25rem 0 .25rem; font-size: .95rem }
h5 { margin: .75rem 0 .25rem; font-size: .9rem }
p { margin: .25rem 0 }
article { margin: 1.5rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; scroll-margin-top: 1rem }
code, pre { font: .875em/1.45 ui-monospace, monospace }
pre { margin: .25rem 0; padding: .75rem; overflow-x: auto; background: var(--soft); border-radius: .35rem;
  overflow-wrap: normal }
.address { margin: .35rem 0; font-size: 1rem }
.method { font-weight: 700; color: var(--accent); margin-right: .35rem }
.method.post { color: var(--post) }
.quiet { color: var(--quiet) }
dl { margin: .25rem 0 }
dt { margin-top: .5rem }
dd { margin: 0 0 0 1rem }
details { margin: .5rem 0 }
summary { cursor: pointer; padding: .25rem 0 }
summary:focus-visible, a:focus-visible, pre:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
@media (max-width: 48rem) {
  .page { display: block }
  header { padding: 1rem 1rem 0 }
  nav { position: static; max-height: none; border-right: 0; border-bottom: 1px solid var(--line) }
  main { padding: 0 1rem 1rem }
  article { padding: .75rem }
}
`;
