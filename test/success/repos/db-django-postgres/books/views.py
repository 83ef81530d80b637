from django.db.models import F
from django.http import HttpResponse

from .models import Book


def shelf(request):
    Book.objects.filter(title="Middlemarch").update(lent=F("lent") + 1)
    lines = [f"{book.title}, lent {book.lent} times" for book in Book.objects.order_by("title")]
    return HttpResponse("\n".join(["Shelf", *lines]), content_type="text/plain")
