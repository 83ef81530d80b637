from django.db import migrations


def put(apps, schema_editor):
    book = apps.get_model("books", "Book")
    for title in ("Middlemarch", "The Waves"):
        book.objects.create(title=title)


class Migration(migrations.Migration):
    dependencies = [("books", "0001_initial")]
    operations = [migrations.RunPython(put, migrations.RunPython.noop)]
