# The page as a service: gunicorn with threads, a user without rights, collections mounted.
#   docker build -t morphospace .
#   docker run -p 8050:8050 -v /my/collections:/collections -e MORPHOSPACE_COLLECTION=mine morphospace
FROM python:3.11-slim

# libgomp1: numba's and faiss's threads; curl is not needed, Python checks the health.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY app.py .
COPY assets assets
COPY dashboard dashboard
COPY data data
COPY models models

# Never a volume on data/ or models/: it would hide the code and the demo in them.
RUN useradd --create-home morphospace && mkdir -p /collections /cache \
    && chown morphospace /collections /cache
USER morphospace
VOLUME ["/collections"]

ENV MORPHOSPACE_HOST=0.0.0.0 \
    MORPHOSPACE_PORT=8050 \
    MORPHOSPACE_COLLECTION=demo \
    MORPHOSPACE_CACHE_FOLDER=/cache \
    MORPHOSPACE_KEPT=/collections \
    NUMBA_CACHE_DIR=/cache/numba \
    PYTHONUNBUFFERED=1
EXPOSE 8050
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD \
    ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['MORPHOSPACE_PORT']}/health\", timeout=4)"]

# One worker with threads: the workers would not share what is being measured.
CMD ["sh", "-c", "exec gunicorn --bind $MORPHOSPACE_HOST:$MORPHOSPACE_PORT --workers 1 --threads 8 --timeout 120 'app:create_server()'"]
