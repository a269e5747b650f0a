// Fills the choice of countries and sends orders without leaving the page. Both are extras: the
// form works without any script.
function enhance() {
  const form = document.querySelector('form.buy');
  if (!form) return;
  const language = (navigator.language || 'en').slice(0, 2);
  const names = globalThis.countries?.[language] ?? globalThis.countries?.en ?? {};
  const select = form.querySelector('select');
  for (const [code, name] of Object.entries(names)) select.add(new Option(name, code));

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const reply = await fetch('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({
        productId: Number(fields.get('productId')),
        quantity: Number(fields.get('quantity')),
      }),
    });
    const note = document.createElement('p');
    note.className = 'note';
    note.setAttribute('role', 'status');
    note.textContent = reply.ok
      ? `Thank you! Your order has number ${(await reply.json()).id}.`
      : 'Sorry, that did not work. Please try again.';
    form.after(note);
  });
}

// Run when the page is parsed, wherever the script stands.
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', enhance);
else enhance();
