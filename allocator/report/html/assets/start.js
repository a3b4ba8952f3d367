// Draw everything, top to bottom.
get("patterns").append(...D.lacks.map(pattern));
drawHeader();
drawSummary();
drawProof();
drawTime();
drawBinds();
drawMap();
drawWaits();
drawProvinces();
drawOffices();
drawDispatch();
readyStory();
document.documentElement.dataset.ready = "yes";
