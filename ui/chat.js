// Runs once for each of the page's HTML components, with `element`, `trigger` and `watch` of Gradio in scope. Listeners sit
// on the component itself, because its content is replaced with every answer. What a button or a form does stands in its
// data-do; only these names go to the server.
const EVENTS = ['start', 'ask', 'pick', 'mend', 'cite', 'unfold', 'erase', 'again', 'filter', 'sort', 'export', 'plot', 'read',
  'verify', 'find', 'forget', 'paste'];
const DOING = ['ask', 'pick', 'mend', 'erase', 'export', 'verify', 'forget', 'paste'];
const OF_TABLE = ['filter', 'sort', 'export', 'plot'];
const shared = (window.whosaid ??= { view: { sort: 'published', page: '1' }, plots: false, announced: '', opener: null });

shared.show ??= () => {
  const [page, id] = location.hash.slice(1).split('/');
  const known = ['ask', 'statements', 'verify', 'articles'].includes(page) ? page : 'ask';
  document.body.dataset.page = known;
  for (const link of document.querySelectorAll('.ws-pages a')) {
    if (link.dataset.page === known) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  return { page: known, id: id || '' };
};
shared.announce ??= (root) => {
  const found = root.querySelector('[data-announce]');
  const live = document.getElementById('ws-live');
  // A page that is not on show is silent: what it counts would drown what was asked for.
  if (!found || !live || !root.getClientRects().length) return;
  const key = `${root.id} ${found.dataset.announceId} ${found.dataset.announce}`;
  if (key === shared.announced) return;
  shared.announced = key;
  live.textContent = found.dataset.announce;
};
shared.save ??= (text, name, type) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};
// What opened the reader may have been drawn anew meanwhile (a filter answered late): then its like is looked for.
shared.close ??= () => {
  document.body.classList.remove('ws-reading');
  const { opener } = shared;
  shared.opener = null;
  if (!opener) return;
  const { article, statement } = opener.dataset;
  const same = (other) => other.dataset.article === article && other.dataset.statement === statement;
  const like = opener.isConnected ? opener : [...document.querySelectorAll(`.${opener.classList[0]}`)].find(same);
  like?.focus({ preventScroll: true });
};
if (!shared.ready) {
  shared.ready = true;
  window.addEventListener('hashchange', () => {
    const { page, id } = shared.show();
    const current = document.querySelector('.ws-conversation')?.dataset.conversation;
    // Back from another page, the address names the conversation again.
    if (page === 'ask' && !id && current) history.replaceState(null, '', `#ask/${current}`);
    shared.close();
    window.scrollTo(0, 0);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && document.body.classList.contains('ws-reading')) shared.close();
  });
  shared.show();
}

// `by` is the browser's event behind it, where that was a form's.
function send(name, data, by) {
  if (!EVENTS.includes(name)) return;
  const given = { ...data, conversation: document.querySelector('.ws-conversation')?.dataset.conversation || '' };
  if (OF_TABLE.includes(name)) {
    if (name === 'filter') shared.view.page = '1';
    if (data.sort) shared.view = { sort: data.sort, page: '1' };
    if (data.page) shared.view.page = data.page;
    if (name === 'plot') shared.plots = true;
    const form = document.querySelector('.ws-filter');
    const filters = form ? Object.fromEntries(new FormData(form)) : {};
    const wanted = { ...given, ...filters, ...shared.view, format: data.format || '', plots: shared.plots };
    if (name === 'filter') {
      // A field that is left by pressing the form's button says twice that it changed, however long the press took.
      const [key, before] = [JSON.stringify([filters, shared.view]), shared.changed];
      shared.changed = by === 'change' ? key : '';
      if (by === 'submit' && key === before) return;
    }
    once(name, wanted);
    return;
  }
  if (name === 'again') history.replaceState(null, '', '#ask');
  once(name, given);
}
// Of what must not be done twice, the same within half a second is one wish: a double click.
function once(name, data) {
  const [key, now] = [JSON.stringify([name, data]), Date.now()];
  if (DOING.includes(name) && key === shared.asked?.key && now - shared.asked.now < 500) return;
  shared.asked = { key, now };
  trigger(name, data);
}

element.addEventListener('click', (event) => {
  // A list that is drawn anew while it is open stays open.
  const fold = event.target.closest('.ws-history > summary');
  if (fold) shared.unfolded = !fold.parentElement.open;
  const control = event.target.closest('button, a');
  if (!control) return;
  const { do: name, copy, save, skip, language, close } = { ...control.dataset };
  if (language !== undefined) {
    event.preventDefault();
    document.cookie = `whosaid_language=${language}; path=/; max-age=31536000; SameSite=Lax`;
    location.reload();
  } else if (skip !== undefined) {
    event.preventDefault();
    const panel = document.getElementById(`panel-${document.body.dataset.page}`);
    const field = panel?.querySelector('textarea') || panel?.querySelector('input:not([type=hidden]):not([type=file]), button');
    field?.focus();
  } else if (copy !== undefined) {
    const label = control.textContent;
    navigator.clipboard.writeText(copy).then(() => {
      control.textContent = control.dataset.done;
      setTimeout(() => { control.textContent = label; }, 2000);
    });
  } else if (save !== undefined) {
    shared.save(save, control.dataset.name, control.dataset.type);
  } else if (close !== undefined) {
    shared.close();
  } else if (name) {
    if (name === 'cite') {
      for (const other of element.closest('.ws-panel')?.querySelectorAll('.ws-n') || []) {
        other.setAttribute('aria-pressed', String(other.dataset.turn === control.dataset.turn && other.dataset.n === control.dataset.n));
      }
    }
    if (name === 'read') shared.opener ??= control;
    if (name === 'unfold') shared.unfolded = false;
    send(name, { ...control.dataset });
  }
});
element.addEventListener('submit', (event) => {
  const form = event.target;
  event.preventDefault();
  if (!form.dataset.do) return;
  // One question at a time: the next stays in its box until the last is answered.
  if (form.dataset.do === 'ask' && document.querySelector('.ws-pending')) return;
  send(form.dataset.do, { ...form.dataset, ...Object.fromEntries(new FormData(form)) }, 'submit');
  if (form.dataset.do === 'ask') {
    form.reset();
    grow(form.querySelector('textarea'));
  }
});
element.addEventListener('reset', (event) => {
  const form = event.target;
  // The fields are emptied only after this event.
  if (form.dataset.live !== undefined) setTimeout(() => send(form.dataset.do, {}));
});
element.addEventListener('change', (event) => {
  const form = event.target.form;
  if (form && form.dataset.live !== undefined) send(form.dataset.do, {}, 'change');
});
element.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.target.matches('.ws-composer textarea')) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
element.addEventListener('input', (event) => {
  if (event.target.matches('.ws-composer textarea')) grow(event.target);
});
function grow(area) {
  area.style.height = 'auto';
  area.style.height = `${Math.min(area.scrollHeight + 2, 200)}px`;
}

function shown() {
  const head = element.querySelector('.ws-head');
  if (head) {
    document.documentElement.lang = head.dataset.lang;
    shared.show();
  }
  const conversation = element.querySelector('.ws-conversation');
  if (conversation) {
    const { conversation: id } = conversation.dataset;
    if (id && document.body.dataset.page === 'ask') history.replaceState(null, '', `#ask/${id}`);
    const turns = conversation.querySelectorAll('.ws-turn');
    if (turns.length > 1) turns[turns.length - 1].scrollIntoView({ block: 'start' });
  }
  const evidence = element.querySelector('.ws-evidence');
  const article = evidence && evidence.querySelector('.ws-article');
  if (evidence && element.closest('#reader')) document.body.classList.add('ws-reading');
  if (article) {
    const mark = article.querySelector('mark');
    const lead = article.clientHeight / 3;
    if (mark) article.scrollTop += mark.getBoundingClientRect().top - article.getBoundingClientRect().top - lead;
    if (evidence.dataset.move) {
      evidence.scrollIntoView({ block: 'nearest' });
      // The reader is made visible by the line above, takes the focus only once that is drawn, and may be closed again by then.
      const inReader = element.closest('#reader');
      setTimeout(() => {
        if (inReader && !document.body.classList.contains('ws-reading')) return;
        evidence.querySelector('.ws-title').focus({ preventScroll: true });
      }, 60);
    }
  }
  const kept = element.querySelector('.ws-history');
  if (kept) kept.open = Boolean(shared.unfolded);
  const saved = element.querySelector('[data-save-now]');
  if (saved) {
    const { saveNow, name, type } = saved.dataset;
    saved.remove();
    shared.save(saveNow, name, type);
  }
  shared.announce(element);
}
watch('value', shown);
if (element.closest('#head')) trigger('start', { conversation: shared.show().id });
