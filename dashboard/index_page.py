"""The page before Dash is there: its language, its width on a phone, and its theme."""

THEME_SCRIPT = "theme.js"  # of assets/: in the head, so that no other ground flashes up
META_TAGS = [{"name": "viewport", "content": "width=device-width, initial-scale=1"}]
INDEX = f"""<!DOCTYPE html>
<html lang="en">
    <head>
        {{%metas%}}
        <title>{{%title%}}</title>
        <script src="/assets/{THEME_SCRIPT}"></script>
        {{%favicon%}}
        {{%css%}}
    </head>
    <body>
        {{%app_entry%}}
        <footer>
            {{%config%}}
            {{%scripts%}}
            {{%renderer%}}
        </footer>
    </body>
</html>"""
